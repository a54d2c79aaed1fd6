import type { Mistake } from '../domain/mistake.ts'

export { type Mistake, suggest } from '../domain/mistake.ts'

/** All issues of a configuration in one message. */
export class ConfigurationError extends Error {
  readonly mistakes: Mistake[]

  constructor(mistakes: Mistake[]) {
    super(renderMistakes(mistakes))
    this.name = 'ConfigurationError'
    this.mistakes = mistakes
  }
}

function renderMistakes(mistakes: Mistake[]): string {
  const count = mistakes.length === 1 ? 'One setting is wrong' : `${mistakes.length} settings are wrong`
  const paragraphs = mistakes.map(({ where, read, expected, example, remedy }, index) =>
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
