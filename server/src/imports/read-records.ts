import { readCsv } from './csv.ts'
import type { FileRecord } from './file-record.ts'
import { readJsonRecords } from './json-records.ts'
import { type Line, readLines } from './read-lines.ts'

/** A file that is being read: the names of its first record, and its records; or why it cannot be read at all. */
export type Records =
  | { ok: true; isTable: boolean; line: number; names: string[]; records: AsyncIterable<FileRecord> }
  | { ok: false; line: number; problem: string }

/** Opens a file of JSON objects or, where it does not begin as one, of CSV with the names in its first line. */
export async function openRecords(chunks: AsyncIterable<Buffer>): Promise<Records> {
  const lines = readLines(chunks)
  const read: Line[] = []
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    read.push(next.value)
    if (next.value.text.trim() !== '') break
  }
  const all = chain(read, lines)
  return /^\s*[[{]/.test(read.at(-1)?.text ?? '') ? openJson(all) : openTable(all)
}

async function openJson(lines: AsyncIterable<Line>): Promise<Records> {
  const records = readJsonRecords(lines)
  const first = await records.next()
  if (first.done === true) return { ok: false, line: 1, problem: 'the file has no JSON objects' }
  const { line } = first.value
  const names = first.value.ok ? Object.keys(first.value.values) : []
  return { ok: true, isTable: false, line, names, records: chain([first.value], records) }
}

async function openTable(lines: AsyncIterable<Line>): Promise<Records> {
  const rows = readCsv(lines)
  const first = await rows.next()
  if (first.done === true) return { ok: false, line: 1, problem: 'the file is empty' }
  const header = first.value
  if (!header.ok) return { ok: false, line: header.line, problem: header.problem }
  const names = header.fields.map((name) => name.trim())
  return { ok: true, isTable: true, line: header.line, names, records: readRows(names, rows) }
}

async function* readRows(names: string[], rows: ReturnType<typeof readCsv>): AsyncGenerator<FileRecord> {
  for await (const row of rows) {
    const place = { line: row.line, bytesRead: row.bytesRead }
    const problem = row.ok ? problemOf(row.fields, names) : row.problem
    if (problem !== null) yield { ...place, ok: false, problem }
    else if (row.ok) {
      const values = Object.fromEntries(names.map((name, index) => [name, row.fields[index] ?? '']))
      yield { ...place, ok: true, values }
    }
  }
}

function problemOf(fields: string[], names: string[]): string | null {
  if (fields.length !== names.length)
    return `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where the first line has ${names.length}`
  return fields.some((field) => field.includes('\uFFFD')) ? 'is not encoded in UTF-8' : null
}

async function* chain<Item>(first: Iterable<Item>, others: AsyncIterable<Item>): AsyncGenerator<Item> {
  yield* first
  yield* others
}
