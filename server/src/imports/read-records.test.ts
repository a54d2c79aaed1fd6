import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FileRecord } from './file-record.ts'
import { openRecords } from './read-records.ts'

async function read(text: string, chunkSize = 7): Promise<FileRecord[]> {
  const bytes = Buffer.from(text)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
  }
  const opened = await openRecords(chunks())
  if (!opened.ok) throw new Error(`line ${opened.line}: ${opened.problem}`)
  const records = []
  for await (const record of opened.records) records.push(record)
  return records
}

const people = [
  { email: 'a@example.test', note: 'x "}]{[ \\' },
  { email: 'b@example.test', tags: [{ a: [] }] },
]

test.each([
  ['a list on one line', JSON.stringify(people)],
  ['a list on many lines', JSON.stringify(people, null, 2)],
  ['JSON lines', people.map((person) => JSON.stringify(person)).join('\n')],
  [
    'JSON lines with blank ones',
    `\n\n${people.map((person) => JSON.stringify(person)).join('\r\n\r\n')}\r\n`,
  ],
  [
    'objects on many lines, one after the other',
    people.map((person) => JSON.stringify(person, null, 1)).join('\n'),
  ],
  [
    'a list under users',
    `{"users": [\n${people.map((person) => JSON.stringify(person)).join(',\n')}\n], "version": 1}`,
  ],
  ['a list under users on many lines', JSON.stringify({ users: people }, null, 2)],
  ['a list under users on one line', JSON.stringify({ users: people })],
  ['a byte order mark', `\uFEFF${JSON.stringify(people)}`],
])('%s is read', async (_, text) => {
  for (const chunkSize of [1, 7, 100_000]) {
    const records = await read(text, chunkSize)
    expect(records.map((record) => record.ok && record.values)).toEqual(people)
  }
})

test('whatever the objects hold, they are read as JSON reads them', async () => {
  const object = fc.object({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))
  const layouts = fc.constantFrom(undefined, 1, '\t')
  await fc.assert(
    fc.asyncProperty(fc.array(object, { minLength: 1 }), layouts, async (objects, indent) => {
      const records = await read(JSON.stringify(objects, null, indent), 64)
      expect(records.map((record) => record.ok && record.values)).toEqual(objects)
    }),
    { numRuns: 50 },
  )
})

test('an object that cannot be read costs its own line, and is told with it', async () => {
  const good = (name: string) => `{"email": "${name}@example.test"}`
  const text = [
    good('a'),
    '{"email": "b@example.test}',
    good('c'),
    '{"email": }',
    '{"email": "d@example.test", "tags": [1, 2}',
    good('e'),
    'nonsense',
    `${good('f')} ${good('g')} 5`,
    '{"email": "h@example.test",',
  ].join('\n')
  const records = await read(text)
  expect(records.map((record) => [record.line, record.ok ? record.values.email : record.problem])).toEqual([
    [1, 'a@example.test'],
    [2, 'a quotation mark is opened and never closed'],
    [3, 'c@example.test'],
    [4, 'is not JSON'],
    [5, 'a bracket is closed by another one'],
    [6, 'e@example.test'],
    [7, 'is not a JSON object'],
    [8, 'f@example.test'],
    [8, 'g@example.test'],
    [8, 'is not a JSON object'],
    [9, 'a bracket is opened and never closed'],
  ])
})

test('a bracket that nobody closes does not swallow the rest of the file', async () => {
  const filler = Array.from({ length: 1_100 }, () => `  "${'x'.repeat(60)}",`).join('\n')
  const records = await read(
    `{"email": "a@example.test", "tags": [\n${filler}\n{"email": "b@example.test"}`,
    65_536,
  )
  expect(records.map((record) => [record.line, record.ok])).toEqual([
    [1, false],
    [1102, true],
  ])
})
