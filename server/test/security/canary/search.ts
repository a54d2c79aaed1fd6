import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretsIn } from './secrets.ts'
import type { SinkName, Watched } from './watch.ts'

/*
 * Searches what the servers of a run left behind for everything that had to stay secret.
 *
 * A password, a token or a key is found anywhere, whichever test used it. So is anything that looks like a token of ours,
 * also without its prefix and as bytes.
 *
 * A code is five or six digits, and thousands of codes match some number by chance. So it is searched only in what the
 * tests of its own file left behind, and counts where it is not part of a phone number, an id, a time or a port. As a text
 * it counts anywhere. As a bare number (a duration, a count, an integer column) it counts where the record also names the
 * challenge, by its id or address; a leak into an integer column is such a record.
 */

export type Hit = { kind: 'code' | 'secret' | 'token'; sink: SinkName; where: string }

export type Searched = {
  files: number
  records: number
  codes: number
  secrets: number
  hits: Hit[]
}

/** Reads and searches what `keepWatched` has written into a directory. */
export function searchDirectory(directory: string): Searched {
  const paths = readdirSync(directory).map((name) => join(directory, name))
  // Files are read twice and never all held at once, because a whole run is large.
  const load = (path: string): Watched => JSON.parse(readFileSync(path, 'utf8'))
  const secrets = new Set(paths.flatMap((path) => load(path).secrets))
  const sorted = sortSecrets(secrets)
  const hits: Hit[] = []
  let records = 0
  let codes = 0
  for (const path of paths) {
    const watched = load(path)
    codes += watched.codes.length
    for (const list of Object.values(watched.sinks)) records += list.length
    hits.push(...searchWatched(watched, sorted))
  }
  return { files: paths.length, records, codes, secrets: secrets.size, hits }
}

/** Searches what the tests of one file left behind, for its codes and for the secrets of all files. */
function searchWatched({ codes, sinks }: Watched, { words, phrases }: SortedSecrets): Hit[] {
  const names = new Map(codes.map(({ code, names }) => [code, names]))
  return (Object.entries(sinks) as [SinkName, string[]][]).flatMap(([sink, records]) =>
    records.flatMap((record) => {
      const text = withBytesRead(sink === 'metrics' ? withoutValues(record) : record)
      const spots = [
        ...spotsOfTokens(text, words).map((at) => ({ kind: 'token' as const, at })),
        ...spotsOfPhrases(text, phrases).map((at) => ({ kind: 'secret' as const, at })),
        ...spotsOfCodes(text, names).map((at) => ({ kind: 'code' as const, at })),
      ]
      return spots.map(({ kind, at }) => ({ kind, sink, where: text.slice(Math.max(0, at - 80), at + 50) }))
    }),
  )
}

type SortedSecrets = { words: Set<string>; phrases: string[] }

/** Single words are looked up word by word; others (pass phrases) are searched as substrings. */
function sortSecrets(secrets: Iterable<string>): SortedSecrets {
  const words = new Set<string>()
  const phrases: string[] = []
  for (const secret of secrets) {
    if (secretsIn(secret).length === 0) phrases.push(secret)
    // A token without its prefix or its claims still counts.
    else words.add(secret.replace(/^(ww[a-z]?_|whsec_|.*\.)/, ''))
  }
  return { words, phrases }
}

function spotsOfTokens(text: string, words: Set<string>): number[] {
  const shaped = secretsIn(text).map((token) => text.indexOf(token))
  const bare = [...text.matchAll(/[\w-]{20,}/g)].flatMap(({ 0: word, index }) =>
    words.has(word) ? [index] : [],
  )
  return [...shaped, ...bare]
}

const spotsOfPhrases = (text: string, phrases: string[]): number[] =>
  phrases.map((phrase) => text.indexOf(phrase)).filter((at) => at >= 0)

/** Digits that are not part of a number, an id, a time, a port, or the parameters of a password hash (`m=19456`). */
const standingDigits = /(?<![\w.+-])(?<!\$m=)(?<!\d:)(?<!localhost:)\d{5,6}(?![\w-]|[.:]\d)/g

function spotsOfCodes(text: string, names: Map<string, string[]>): number[] {
  return [...text.matchAll(standingDigits)].flatMap(({ 0: digits, index }) => {
    const named = names.get(digits)
    if (named === undefined) return []
    const isNumber =
      /[:[,] ?$/.test(text.slice(Math.max(0, index - 2), index)) &&
      /^[,}\]]/.test(text.slice(index + digits.length))
    return isNumber && !named.some((name) => text.includes(name)) ? [] : [index]
  })
}

/** Removes the values of metrics, which are numbers by chance. */
const withoutValues = (line: string): string => line.replace(/^(?!#)(.*) \S+$/, '$1')

/** Appends to a row its bytes as text; the row itself has them as hexadecimal digits. */
function withBytesRead(text: string): string {
  const bytes = [...text.matchAll(/\\\\x([0-9a-f]{10,})/g)].map(([, hex = '']) =>
    Buffer.from(hex, 'hex').toString('latin1'),
  )
  return bytes.length === 0 ? text : [text, ...bytes].join(' ')
}
