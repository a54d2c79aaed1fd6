import type { AccountFields } from '../engine/accounts/prepare-account.ts'
import type { Values } from './file-record.ts'

/** How a system writes its accounts into a file. */
export type Layout = {
  /** What the system is called in messages. */
  name: string
  /** Whether a record with these names is of the system. */
  isOf(names: ReadonlySet<string>): boolean
  /** Whether it reads a name; the names that it does not read are skipped, and told. */
  reads(name: string): boolean
  /** Why nothing can be read with these names; null if it can. */
  judgeNames(names: readonly string[]): string | null
  /** The fields of an account, or what is wrong with the whole record. */
  read(values: Values): AccountFields | string
}

/** Whether a value says nothing: absent, empty, or as databases write a null into a file. */
export const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && /^\s*(null|\\N)?\s*$/i.test(value))

/** A text without blanks around it; anything else as it is. */
export const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value)

const words: Record<string, boolean> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  1: true,
  false: false,
  f: false,
  no: false,
  n: false,
  0: false,
}

/** Reads true and false as files write them; anything else is left for the validation to refuse. */
export function readFlag(value: unknown): unknown {
  const word = String(value).trim().toLowerCase()
  return Object.hasOwn(words, word) ? words[word] : value
}
