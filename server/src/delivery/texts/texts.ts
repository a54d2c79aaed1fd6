import type { Content } from '../../domain/challenge.ts'

/** What a message can be about. A decoy is never worded. */
export type WordedContent = Exclude<Content, 'decoy'>

/**
 * The texts of one language, in ICU MessageFormat with `{project}`, `{minutes}` and `{code}`: written like a project's own,
 * and judged by the same rules.
 */
export type BuiltInTexts = {
  direction: 'ltr' | 'rtl'
  texts: Record<WordedContent, { short: string; subject: string; mail: readonly string[] }>
}
