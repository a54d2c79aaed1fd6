import type { AccountType } from '../domain/account.ts'
import type { Project } from '../domain/project.ts'
import { createImportAccounts } from '../engine/accounts/import-accounts.ts'
import type {
  AccountFields,
  FieldIssue,
  PrepareAccount,
  PrepareAccountParts,
} from '../engine/accounts/prepare-account.ts'
import type { ImportedAccount, ImportKeep, ImportProblem, ImportStore } from '../engine/ports/imports.ts'
import type { FileRecord } from './file-record.ts'
import { createRecordReader, type RecordReader } from './layouts.ts'
import { renderFieldIssue } from './own-layout.ts'
import { openRecords } from './read-records.ts'

/*
 * Reads the accounts of other systems from files. The command line and the admin API import by it.
 */

/** A file that is being read; its size is null if it is unknown. */
export type Source = { chunks: AsyncIterable<Buffer>; bytes: number | null }

/** The result of an import. `lines` counts accounts, good and bad, without the header of a table. */
export type ImportReport = {
  lines: number
  stored: number
  bad: { line: number; reason: string }[]
  /** The names in the file that were read by nobody. */
  skipped: string[]
  /** How many good lines are without the hash that they had. */
  withoutPassword: number
  /** Set if the first line could not be understood; then nothing else was read. */
  headerProblem: { line: number; reason: string } | null
}

/** Hears how far an import is. */
export type ImportProgress = {
  /** `share` of the file from 0 to 1, or null if its end is not known. */
  update(share: number | null, text: string): void
  /** What is wrong with a line. */
  note(line: string): void
}

export type ImportFileParts = {
  project: Project
  type: AccountType
  isAllOrNothing: boolean
  skipsUnknownColumns: boolean
  /** Whether a hash that cannot be checked is left out, instead of the whole line. */
  dropsForeignPasswords: boolean
  prepare: PrepareAccount
  parsePasswordHash: PrepareAccountParts['parsePasswordHash']
  imports: ImportStore
  progress: ImportProgress
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
  const reader = createRecordReader({ skipsUnknown: parts.skipsUnknownColumns })
  const report: ImportReport = {
    lines: 0,
    stored: 0,
    bad: [],
    skipped: [],
    withoutPassword: 0,
    headerProblem: null,
  }
  const held: Good[] = []
  const noteBad = (bad: ImportReport['bad']): void => {
    bad.sort((a, b) => a.line - b.line)
    for (const { line, reason } of bad) progress.note(`line ${line}: ${reason}`)
  }

  const opened = await openRecords(source.chunks)
  const reason = opened.ok ? reader.judgeNames(opened.names, opened) : opened.problem
  if (!opened.ok || reason !== null)
    return { ...report, headerProblem: { line: opened.line, reason: reason ?? '' } }
  for await (const records of inChunks(opened.records)) {
    report.lines += records.length
    const { good, bad } = await prepareRecords(records, { reader, source, parts, report })
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
  report.skipped = [...reader.skipped].sort()
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

async function* inChunks(records: AsyncIterable<FileRecord>): AsyncGenerator<FileRecord[]> {
  let chunk: FileRecord[] = []
  for await (const record of records) {
    chunk.push(record)
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

type Judging = {
  reader: RecordReader
  source: Source
  parts: ImportFileParts
  report: ImportReport
}

async function prepareRecords(
  records: FileRecord[],
  { reader, source, parts, report }: Judging,
): Promise<{ good: Good[]; bad: ImportReport['bad'] }> {
  const { type, project, prepare, progress } = parts
  const good: Good[] = []
  const bad: ImportReport['bad'] = []
  let done = report.lines - records.length

  const judge = async (record: FileRecord): Promise<void> => {
    const fields = record.ok ? reader.read(record.values) : record.problem
    if (typeof fields === 'string') {
      bad.push({ line: record.line, reason: fields })
    } else {
      const kept = withoutForeignHash(fields, parts)
      const prepared = await prepare(kept, { type, region: project.settings.region })
      if (prepared.ok) {
        good.push({ line: record.line, account: prepared.account })
        if (kept !== fields) report.withoutPassword += 1
      } else bad.push({ line: record.line, reason: prepared.issues.map(renderIssue).join('; ') })
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

/** The fields without a hash that cannot be checked, where such hashes are left out. */
function withoutForeignHash(
  fields: AccountFields,
  { dropsForeignPasswords, parsePasswordHash }: ImportFileParts,
): AccountFields {
  const { passwordHash = null } = fields
  const isForeign = passwordHash !== null && passwordHash !== '' && parsePasswordHash(passwordHash) === null
  return dropsForeignPasswords && isForeign ? { ...fields, passwordHash: null } : fields
}

/** A hash of another kind is the one issue that the file cannot mend. */
function renderIssue(issue: FieldIssue): string {
  const remedy =
    issue.field === 'passwordHash'
      ? '; --without-foreign-passwords imports such lines without it, and their owners log in by a code or set a new password'
      : ''
  return renderFieldIssue(issue) + remedy
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
