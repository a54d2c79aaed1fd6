import type { ConfigurationIssue } from '../../config/configuration-error.ts'

/** The result of one check. `remedy` says what to do; every result but `ok` has one. */
export type Finding = { check: string } & (
  | { level: 'ok'; message: string; remedy: null }
  | { level: 'warn' | 'fail'; message: string; remedy: string }
)

/** One thing that is wrong with the configuration. */
export const findingOfIssue = (
  check: string,
  { where, read, expected, example, remedy }: ConfigurationIssue,
): Finding =>
  findingsOf(check).fail(
    `${where}: read ${read ?? 'nothing'}, expected ${expected}`,
    `${remedy} Example: ${example}`,
  )

/** The findings of one check, under its name. */
export const findingsOf = (check: string) => ({
  ok: (message: string): Finding => ({ check, level: 'ok', message, remedy: null }),
  warn: (message: string, remedy: string): Finding => ({ check, level: 'warn', message, remedy }),
  fail: (message: string, remedy: string): Finding => ({ check, level: 'fail', message, remedy }),
})
