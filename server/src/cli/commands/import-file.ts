import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { AccountType } from '../../domain/account.ts'
import type { Project } from '../../domain/project.ts'
import { createImportAccounts } from '../../engine/accounts/import-accounts.ts'
import type { PrepareAccount } from '../../engine/accounts/prepare-account.ts'
import type { ImportedAccount, ImportKeep, ImportProblem, ImportStore } from '../../engine/ports/imports.ts'
import { CommandFailure } from '../terminal/failure.ts'
import type { Progress } from '../terminal/progress.ts'
import { type Header, parseHeader, renderFieldIssue } from './account-columns.ts'
import { type CsvRecord, readCsv } from './csv.ts'

/** A file that is being read; its size is null if it is unknown. */
export type Source = { chunks: AsyncIterable<Buffer>; bytes: number | null }

/** The result of an import. `lines` counts accounts, good and bad, without the header. */
export type ImportReport = {
  lines: number
  stored: number
  bad: { line: number; reason: string }[]
  /** Set if the first line could not be understood; then nothing else was read. */
  headerProblem: string | null
}

export type ImportFileParts = {
  project: Project
  type: AccountType
  isAllOrNothing: boolean
  skipsUnknownColumns: boolean
  prepare: PrepareAccount
  imports: ImportStore
  progress: Progress
}

/** Opens a file, or standard input for `-`. */
export async function openSource(file: string): Promise<Source> {
  if (file === '-') return { chunks: process.stdin, bytes: null }
  const refuse = (cause: NodeJS.ErrnoException): never => {
    const reasons: Record<string, string> = {
      ENOENT: 'does not exist',
      EACCES: 'may not be read by this user: change its owner or mode',
    }
    throw new CommandFailure(`${file} ${reasons[cause.code ?? ''] ?? `cannot be read (${cause.code})`}.`, {
      cause,
    })
  }
  const found = await stat(file).catch(refuse)
  if (found.isDirectory()) throw new CommandFailure(`${file} is a directory; name a CSV file.`)
  // The stream would report that it cannot be opened before anyone listens.
  const opened = await open(file).catch(refuse)
  await opened.close()
  return { chunks: createReadStream(file, { highWaterMark: 256 * 1024 }), bytes: found.size }
}

/** Lines that are checked and stored together: as many as the store takes in one statement. */
const chunkSize = 2_000

type Good = { line: number; account: ImportedAccount }

/**
 * Imports a file while it is read, or, if it is all or nothing, after it was read. The store checks the good lines of a
 * bad file too, so that one run reports every bad line.
 */
export async function importFile(source: Source, parts: ImportFileParts): Promise<ImportReport> {
  const { progress, isAllOrNothing } = parts
  const report: ImportReport = { lines: 0, stored: 0, bad: [], headerProblem: null }
  const held: Good[] = []
  const noteBad = (bad: ImportReport['bad']): void => {
    bad.sort((a, b) => a.line - b.line)
    for (const { line, reason } of bad) progress.note(`line ${line}: ${reason}`)
  }

  let header: Extract<Header, { ok: true }> | null = null
  for await (const records of inChunks(readCsv(source.chunks))) {
    if (header === null) {
      const parsed = readHeader(records, parts)
      if (!parsed.ok) return { ...report, headerProblem: parsed.problem }
      header = parsed
    }
    report.lines += records.length
    const { good, bad } = await prepareRecords(records, { header, source, parts, report })
    if (isAllOrNothing) {
      held.push(...good)
    } else {
      const { stored, problems } = await store(good, parts)
      report.stored += stored
      bad.push(...problems)
      noteBad(bad)
    }
    report.bad.push(...bad)
  }
  if (header === null) return { ...report, headerProblem: 'the file is empty' }
  if (!isAllOrNothing) return report

  const { stored, problems } = await store(held, parts, {
    keep: report.bad.length === 0 ? 'all-or-none' : 'none',
    onProgress: (done) =>
      progress.update(done / Math.max(1, held.length), `storing ${done.toLocaleString('en')} users`),
  })
  report.stored = stored
  report.bad.push(...problems)
  noteBad(report.bad)
  return report
}

async function* inChunks(records: AsyncIterable<CsvRecord>): AsyncGenerator<CsvRecord[]> {
  // The header comes alone, and is checked before anything else is awaited.
  let chunk: CsvRecord[] = []
  let isFirst = true
  for await (const record of records) {
    chunk.push(record)
    if (!isFirst && chunk.length < chunkSize) continue
    yield chunk
    isFirst = false
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Takes the header off the first records. */
function readHeader(records: CsvRecord[], { skipsUnknownColumns }: ImportFileParts): Header {
  const first = records.shift()
  if (first === undefined) return { ok: false, problem: 'the file is empty' }
  return first.ok ? parseHeader(first.fields, { skipsUnknown: skipsUnknownColumns }) : first
}

type Judging = {
  header: Extract<Header, { ok: true }>
  source: Source
  parts: ImportFileParts
  report: ImportReport
}

async function prepareRecords(
  records: CsvRecord[],
  { header, source, parts, report }: Judging,
): Promise<{ good: Good[]; bad: ImportReport['bad'] }> {
  const { type, project, prepare, progress } = parts
  const good: Good[] = []
  const bad: ImportReport['bad'] = []
  let done = report.lines - records.length

  const judge = async (record: CsvRecord): Promise<void> => {
    const fields = record.ok ? header.readFields(record.fields) : record.problem
    if (typeof fields === 'string') {
      bad.push({ line: record.line, reason: fields })
    } else {
      const prepared = await prepare(fields, { type, region: project.settings.region })
      if (prepared.ok) good.push({ line: record.line, account: prepared.account })
      else bad.push({ line: record.line, reason: prepared.issues.map(renderFieldIssue).join('; ') })
    }
    done += 1
    const share = source.bytes === null ? null : record.bytesRead / Math.max(1, source.bytes)
    progress.update(
      share,
      `${done.toLocaleString('en')} lines, ${(report.bad.length + bad.length).toLocaleString('en')} bad`,
    )
  }
  // Together, so that every core has a password to hash; without passwords nothing is awaited.
  await Promise.all(records.map(judge))
  good.sort((a, b) => a.line - b.line)
  return { good, bad }
}

async function store(
  good: Good[],
  { imports, project }: ImportFileParts,
  options: { keep?: ImportKeep; onProgress?: (done: number) => void } = {},
): Promise<{ stored: number; problems: ImportReport['bad'] }> {
  const result = await createImportAccounts({ imports })({
    projectId: project.id,
    accounts: good.map(({ account }) => account),
    ...options,
  })
  const problems = result.problems.map(({ index, problem }) => ({
    line: good[index]?.line ?? 0,
    reason: importReasons[problem],
  }))
  return { stored: result.stored, problems }
}

/** Why a well-formed line is not stored. */
const importReasons: Record<ImportProblem, string> = {
  'email-taken': 'email belongs to an account of this type already',
  'phone-taken': 'phone belongs to an account of this type already',
  'business-unknown': 'business_ids names a business that does not exist',
  'no-address': 'email and phone are both empty: one of them is needed',
}
