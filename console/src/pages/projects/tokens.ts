import { useWords } from '../../language/language.tsx'
import { words as projectWords } from './words.ts'

/** The granted sends as they are typed; nothing is no limit. */
export const readTokens = (typed: string): number | null => (typed.trim() === '' ? null : Number(typed))

/** What is wrong with typed sends, or null. */
export function useTokensRule(): (typed: string) => string | null {
  const words = useWords(projectWords)
  return (typed) => (/^\d{0,13}$/.test(typed.trim()) ? null : words.wholeNumber)
}
