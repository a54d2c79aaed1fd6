import { usageFailure } from './failure.ts'

/** One of some words, as an option names it; null without one. */
export function readWordOption<const Word extends string>(
  option: string,
  typed: string | undefined,
  words: readonly Word[],
): Word | null {
  if (typed === undefined) return null
  const word = words.find((known) => known === typed)
  if (word === undefined)
    throw usageFailure(`${option} takes ${words.join(', ')}; "${typed}" is none of them`)
  return word
}

/** A number from 1 on, as an option names it. */
export function readCountOption(
  option: string,
  typed: string | undefined,
  { normal, max }: { normal: number; max: number },
): number {
  if (typed === undefined) return normal
  if (/^[1-9]\d{0,8}$/.test(typed) && Number(typed) <= max) return Number(typed)
  throw usageFailure(`${option} takes a whole number from 1 to ${max}; "${typed}" is none`)
}
