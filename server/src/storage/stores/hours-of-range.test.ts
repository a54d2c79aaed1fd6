import { expect, test } from 'vitest'
import { splitByHours } from './hours-of-range.ts'

const at = (time: string | null): Date | null => (time === null ? null : new Date(`2026-11-27T${time}Z`))

test.each([
  ['everything', null, null, null, null, []],
  ['whole hours', '03:00', '05:00', '03:00', '05:00', []],
  ['from within an hour', '03:10', null, '04:00', null, [['03:10', '04:00']]],
  ['until within an hour', null, '05:20', null, '05:00', [['05:00', '05:20']]],
  [
    'from and until within hours',
    '03:10',
    '05:20',
    '04:00',
    '05:00',
    [
      ['03:10', '04:00'],
      ['05:00', '05:20'],
    ],
  ],
  [
    'within two hours that follow each other',
    '03:10',
    '04:20',
    '04:00',
    '04:00',
    [
      ['03:10', '04:00'],
      ['04:00', '04:20'],
    ],
  ],
  ['within one hour', '03:10', '03:20', '04:00', '04:00', [['03:10', '03:20']]],
  ['from an hour on, within it', '03:00', '03:20', '03:00', '03:00', [['03:00', '03:20']]],
  ['to the end of an hour, within it', '03:10', '04:00', '04:00', '04:00', [['03:10', '04:00']]],
  ['one millisecond', '03:59:59.999', '04:00', '04:00', '04:00', [['03:59:59.999', '04:00']]],
] as const)('%s', (_, from, until, first, end, edges) => {
  expect(splitByHours({ from: at(from), until: at(until) })).toEqual({
    first: at(first),
    end: at(end),
    edges: edges.map(([low, high]) => ({ from: at(low), until: at(high) })),
  })
})
