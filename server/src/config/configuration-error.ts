import type { ConfigurationIssue } from '../domain/configuration-issue.ts'

export { type ConfigurationIssue, suggest } from '../domain/configuration-issue.ts'

/** Notes what is wrong with one place of the configuration file. */
export type ReportIssue = (
  where: string,
  read: unknown,
  key: { expected: string; example: string },
  remedy: string,
) => void

/** All issues of a configuration in one message. */
export class ConfigurationError extends Error {
  readonly issues: ConfigurationIssue[]

  constructor(issues: ConfigurationIssue[]) {
    super(renderIssues(issues))
    this.name = 'ConfigurationError'
    this.issues = issues
  }
}

function renderIssues(issues: ConfigurationIssue[]): string {
  const count = issues.length === 1 ? 'One setting is wrong' : `${issues.length} settings are wrong`
  const paragraphs = issues.map(({ where, read, expected, example, remedy }, index) =>
    [
      `${index + 1}. ${where}`,
      `   read:     ${read ?? 'nothing'}`,
      `   expected: ${expected}`,
      `   example:  ${example}`,
      `   remedy:   ${remedy}`,
    ].join('\n'),
  )
  return `${count}; nothing was started.\n\n${paragraphs.join('\n\n')}\n`
}
