import { readFileSync } from 'node:fs'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a variable says. A text is null when nothing is set. */
export type Variable =
  | { kind: 'text'; text: string | null }
  | { kind: 'both' }
  | { kind: 'unreadable'; file: string; reason: string }

/**
 * Reads a variable, or the file that `NAME_FILE` names. An empty variable is an unset one: compose files and shells
 * leave such behind.
 */
export function readVariable(env: Environment, name: string): Variable {
  const direct = env[name] || null
  const file = env[`${name}_FILE`] || null
  if (file === null) return { kind: 'text', text: direct }
  if (direct !== null) return { kind: 'both' }
  try {
    return { kind: 'text', text: readFileSync(file, 'utf8').trim() || null }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return { kind: 'unreadable', file, reason }
  }
}
