import type { Line } from './read-lines.ts'

/** One record of a file, or what is wrong with the line on which it should have begun. */
export type CsvRecord = { line: number; bytesRead: number } & (
  | { ok: true; fields: string[] }
  | { ok: false; problem: string }
)

type Parsed = { ok: true; fields: string[] } | { ok: false; problem: string } | 'unfinished'

/** A longer record has a quotation mark that somebody forgot to close. */
const recordLinesMax = 50
const recordLengthMax = 64 * 1024

/**
 * Reads the records of CSV (RFC 4180) as they arrive, however long the file is. A null `separator` takes the one of the
 * first line: comma, semicolon or tab. A record that cannot be read costs only its first line: reading continues with
 * the next line, so that one stray quotation mark does not swallow the rest of the file.
 */
export async function* readCsv(
  lines: AsyncIterable<Line>,
  { separator = null }: { separator?: string | null } = {},
): AsyncGenerator<CsvRecord> {
  let by = separator
  let pending: Line[] = []
  for await (const line of lines) {
    by ??= inferSeparator(line.text)
    pending.push(line)
    const { records, rest } = takeRecords(pending, by, false)
    yield* records
    pending = rest
  }
  yield* takeRecords(pending, by ?? ',', true).records
}

/** The records in the lines; `rest` is a record that continues in lines that have not arrived yet. */
function takeRecords(
  lines: Line[],
  separator: string,
  isEnd: boolean,
): { records: CsvRecord[]; rest: Line[] } {
  const records: CsvRecord[] = []
  let from = 0
  let length = 1
  while (from + length <= lines.length) {
    const candidate = lines.slice(from, from + length)
    const [first] = candidate as [Line]
    const text = candidate.map((line) => line.text).join('\n')
    const parsed = parseRecord(text.endsWith('\r') ? text.slice(0, -1) : text, separator)
    const isLast = from + length === lines.length
    const isTooLong = length >= recordLinesMax || text.length > recordLengthMax

    if (parsed === 'unfinished' && !isTooLong && !(isLast && isEnd)) {
      if (isLast) return { records, rest: candidate }
      length += 1
      continue
    }
    // Two lines joined by a stray mark are two records, so a record that fails costs only its first line.
    const taken = parsed !== 'unfinished' && parsed.ok ? candidate : [first]
    const place = { line: first.number, bytesRead: (taken.at(-1) as Line).bytesRead }
    if (parsed === 'unfinished') {
      records.push({ ...place, ok: false, problem: 'a quotation mark is opened and never closed' })
    } else if (text !== '' && text !== '\r') records.push({ ...place, ...parsed })
    from += taken.length
    length = 1
  }
  return { records, rest: [] }
}

/** Reads one record; `unfinished` if it ends inside a quoted field. */
function parseRecord(text: string, separator: string): Parsed {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at)
      if (quoted === null) return 'unfinished'
      fields.push(quoted.value)
      at = quoted.end
      if (at < text.length && text[at] !== separator)
        return { ok: false, problem: 'there is text after a closing quotation mark' }
    } else {
      const end = text.indexOf(separator, at)
      const value = text.slice(at, end === -1 ? text.length : end)
      if (value.includes('"'))
        return { ok: false, problem: 'there is a quotation mark inside of a field that is not quoted' }
      fields.push(value)
      at = end === -1 ? text.length : end
    }
    if (at >= text.length) return { ok: true, fields }
    at += separator.length
  }
}

function readQuoted(text: string, start: number): { value: string; end: number } | null {
  let value = ''
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return null
    value += text.slice(at, quote)
    if (text[quote + 1] !== '"') return { value, end: quote + 1 }
    value += '"'
    at = quote + 2
  }
}

const inferSeparator = (header: string): string =>
  [',', ';', '\t'].find((separator) => header.includes(separator)) ?? ','
