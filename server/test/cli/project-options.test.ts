import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { createProjectOptions } from '../../src/cli/commands/project-options.ts'
import type { Issue } from '../../src/domain/issue.ts'
import { readSettings } from '../../src/domain/project-patch.ts'
import { projectSettings } from '../../src/domain/project-settings.ts'
import { orNull, wholeNumber } from '../../src/domain/settings/kinds.ts'
import { defaultsOf, type Setting, schemaOf, setting } from '../../src/domain/settings/setting.ts'

/** A table with one additional entry that no other code knows. */
const table = {
  ...projectSettings,
  greetings: setting(orNull(wholeNumber(1, 9, 'greetings'), { word: 'off', means: 'none' }), {
    default: null,
    example: 3,
    option: '--greetings <N>',
    description: 'how often messages greet',
  }),
}

describe('an entry that is added to the table of settings', () => {
  const options = createProjectOptions(table)
  const parseOptions = (...typed: string[]) =>
    options.addTo(new Command()).parse(typed, { from: 'user' }).opts()

  test('has a default, a schema and a parser', () => {
    expect(defaultsOf(table).greetings).toBeNull()
    expect(schemaOf(table)).toMatchObject({
      required: expect.arrayContaining(['greetings']),
      properties: {
        greetings: {
          anyOf: [{ type: 'integer' }, { type: 'null' }],
          description: 'how often messages greet',
        },
      },
    })
    const issues: Issue[] = []
    expect(readSettings({ greetings: 3 }, table, issues)).toEqual({ greetings: 3 })
    expect(issues).toEqual([])
  })

  test('is refused by its own words where it is wrong, and where the table does not have it', () => {
    const issues: Issue[] = []
    expect(readSettings({ greetings: 10 }, table, issues)).toEqual({})
    readSettings({ greetings: 3 }, projectSettings, issues)
    expect(issues).toEqual([
      {
        path: 'settings.greetings',
        message: 'must be a whole number of greetings from 1 to 9, or null for none',
      },
      { path: 'settings.greetings', message: expect.stringMatching(/^does not exist; there are region, /) },
    ])
  })

  test('is an option of the command line, which says what it takes', () => {
    const given = parseOptions('--greetings', '3', '--tokens', 'unlimited', '--cooldown', '5')
    expect(options.read(given, 'Shop')).toEqual({
      name: 'Shop',
      tokens: null,
      settings: { greetings: 3, cooldownSeconds: 5 },
    })
    expect(options.read(parseOptions('--greetings', 'off'), undefined)).toEqual({
      settings: { greetings: null },
    })
    expect(() =>
      options.require({ ok: false, issues: [{ path: 'settings.greetings', message: '' }] }),
    ).toThrow('--greetings must be a whole number of greetings from 1 to 9, or "off" for none')
  })
})

test.each<[string, Setting<unknown>]>(Object.entries(projectSettings))(
  'what is printed of %s can be typed again',
  (_, { default: usual, example, parse, typed }) => {
    for (const value of [usual, parse(example)]) {
      const again = typed.read(typed.write(value))
      expect(parse(again)).toEqual(value)
    }
  },
)

test('no two settings have the same option', () => {
  const flags = Object.values(projectSettings).map(({ option }) => option.split(' ')[0])
  expect(flags).toEqual([...new Set(flags)])
})
