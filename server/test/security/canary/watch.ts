import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../../../src/domain/secret.ts'
import { createCodeKeyring } from '../../../src/engine/codes/code-keys.ts'
import {
  type ChallengeRow,
  challengeColumns,
  challengeFromRow,
} from '../../../src/storage/batches/challenge-rows.ts'
import { secretsIn } from './secrets.ts'

/*
 * C2 and I8 over the whole run: the secrets that the tests of a file issue and use, and everything that their servers leave
 * behind. Both are written to a file at the end of the test file (`keep-watched.ts`) and searched at the end of the run
 * (`search.ts`). The helpers that call servers, start them or create databases report to this module; no test needs to.
 */

/** An issued code, and the ids and addresses that a record about it would name. */
export type WatchedCode = { code: string; names: string[] }

/** What the tests of one file have issued, and what their servers left behind, as records of one line each. */
export type Watched = {
  codes: WatchedCode[]
  /** Passwords, tokens, keys and master secrets. */
  secrets: string[]
  sinks: Record<SinkName, string[]>
}

export type SinkName = 'log' | 'error' | 'metrics' | 'database' | 'stderr'

/** The part of a test database that a dump needs. */
type Eye = { query: <Row>(sql: string, values?: unknown[]) => Promise<Row[]> }

export type Watch = ReturnType<typeof createWatch>

export function createWatch() {
  const codes = new Map<string, Set<string>>()
  const secrets = new Set<string>()
  const masters = new Set<string>()
  const sinks = { log: [], error: [], metrics: [], database: [], stderr: [] } as Watched['sinks']

  const noteSecrets = (text: string): void => {
    for (const secret of secretsIn(text)) secrets.add(secret)
  }

  /** Ignores one repeated letter, which occurs in many names of other tests. */
  const noteSecret = (secret: string): void => {
    if (new Set(secret).size >= 5) secrets.add(secret)
  }

  return {
    noteSecrets,
    /** The environment of a program: its master secret, from which its codes are derived, and its other secrets. */
    noteEnvironment(env: Record<string, string>): void {
      for (const [name, value] of Object.entries(env)) {
        if (!/SECRET|TOKEN|PASSWORD/.test(name) || value.length < 16) continue
        noteSecret(value)
        if (name.startsWith('WATCHWORD_SECRET')) masters.add(value)
      }
    },
    noteSecret,
    noteRecord: (sink: SinkName, text: string): void => void sinks[sink].push(text),
    /** A request and its answer. Only refusals are searched; other answers may contain the caller's secrets. */
    noteExchange(request: string, { status, text }: { status: number; text: string }): void {
      if (status >= 400) {
        sinks.error.push(text)
        return
      }
      noteSecrets(text)
      // The same text in all fields is not a password.
      for (const [, password = ''] of request.matchAll(/"(?:new)?password":"([^"\\]{8,})"/gi))
        if (request.split(password).length === 2) noteSecret(password)
    },
    /** Notes every row of every table, and every issued code, derived again from the master secrets. */
    async noteDatabase({ query }: Eye): Promise<void> {
      const tables = await query<{ name: string }>(
        `select oid::regclass::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
      )
      for (const { name } of tables) {
        const rows = await query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`)
        for (const { row } of rows) sinks.database.push(`${name} ${row}`)
      }
      if (!tables.some(({ name }) => name === 'challenges')) return
      const keyrings = [...masters].map((master) =>
        createCodeKeyring({ current: new Secret(master), previous: null }),
      )
      const rows = await query<ChallengeRow>(
        `select ${challengeColumns} from challenges c where content = 'code'`,
      )
      for (const challenge of rows.map(challengeFromRow)) {
        if (challenge === null) continue
        for (const { codeOf } of keyrings) {
          const code = codeOf(challenge)?.reveal()
          if (code === undefined) continue
          const names = codes.get(code) ?? new Set()
          codes.set(code, names.add(challenge.id).add(challenge.address).add(challenge.target))
        }
      }
    },
    watched: (): Watched => ({
      codes: [...codes].map(([code, names]) => ({ code, names: [...names] })),
      secrets: [...secrets],
      sinks,
    }),
    /** Forgets everything but the master secrets, once it is written to a file. */
    forget(): void {
      codes.clear()
      secrets.clear()
      for (const records of Object.values(sinks)) records.length = 0
    },
  }
}

/** The watch of this test file. Each file starts with an empty one (keep-watched.ts). */
export const watch = createWatch()

/** Writes what was watched to a file, for the search at the end of the run. */
export function keepWatched(directory: string, watched: Watched): void {
  const isEmpty = Object.values(watched.sinks).every((records) => records.length === 0)
  if (!isEmpty) writeFileSync(join(directory, `${randomUUID()}.json`), JSON.stringify(watched))
}
