import type { Content } from '../../domain/challenge.ts'

/** What a message can be about. A decoy is never worded. */
export type WordedContent = Exclude<Content, 'decoy'>

/**
 * The texts of one language, in ICU MessageFormat with `{project}`, `{minutes}` and `{code}`. They hold no markup: the
 * layout of mail adds it, after it has escaped what came of them.
 */
export type Texts = {
  direction: 'ltr' | 'rtl'
  /** By content. */
  messages: Record<WordedContent, MessageTexts>
}

export type MessageTexts = {
  /** The whole message on channels without subject: one line, in letters of GSM-7, under 160 with a usual name. */
  short: string
  subject: string
  /** The paragraphs of mail. A code stands alone between the first and the rest. */
  paragraphs: readonly [first: string, ...rest: string[]]
}
