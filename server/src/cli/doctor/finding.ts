/** The result of one check. `remedy` says what to do; every result but `ok` has one. */
export type Finding = { check: string } & (
  | { level: 'ok'; message: string; remedy: null }
  | { level: 'warn' | 'fail'; message: string; remedy: string }
)

/** The findings of one check, under its name. */
export const findingsOf = (check: string) => ({
  ok: (message: string): Finding => ({ check, level: 'ok', message, remedy: null }),
  warn: (message: string, remedy: string): Finding => ({ check, level: 'warn', message, remedy }),
  fail: (message: string, remedy: string): Finding => ({ check, level: 'fail', message, remedy }),
})
