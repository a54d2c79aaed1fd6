import { readFileSync } from 'node:fs'
import type { ResolveReference } from '../engine/ports/carriers.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The value of a variable. A text is null if nothing is set. */
export type Variable =
  | { kind: 'text'; text: string | null }
  | { kind: 'both' }
  | { kind: 'unreadable'; file: string; reason: string }

/**
 * Reads a variable, or the file that `NAME_FILE` names. An empty variable counts as unset, because compose files and
 * shells leave such variables behind.
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

/** Makes what resolves `${NAME}`: to the variable, or to the content of the file that `NAME_FILE` names. */
export const createResolveReference =
  (env: Environment): ResolveReference =>
  (name) => {
    const variable = readVariable(env, name)
    const fail = (read: string, remedy: string) => ({ ok: false, read, remedy }) as const
    switch (variable.kind) {
      case 'both':
        return fail(
          `both ${name} and ${name}_FILE`,
          `Keep one of ${name} and ${name}_FILE and remove the other.`,
        )
      case 'unreadable':
        return fail(
          `${name}_FILE=${JSON.stringify(variable.file)} (${variable.reason})`,
          'Name a file that exists and that this user may read.',
        )
      case 'text':
        return variable.text === null
          ? fail(`\${${name}}, which is not set`, `Set ${name}, or ${name}_FILE to the path of a file.`)
          : { ok: true, text: variable.text }
    }
  }
