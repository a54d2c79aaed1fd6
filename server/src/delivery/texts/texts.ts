import type { Content } from '../../domain/challenge.ts'

/** What a message can be about. A decoy never becomes a message. */
export type MessageContent = Exclude<Content, 'decoy'>

/**
 * The texts of one language, in ICU MessageFormat with `{project}`, `{minutes}` and `{code}`: written like a project's own,
 * and validated by the same rules.
 */
export type BuiltInTexts = {
  direction: 'ltr' | 'rtl'
  texts: Record<MessageContent, { short: string; subject: string; mail: readonly string[] }>
}
