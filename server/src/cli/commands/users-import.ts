import type { Command } from 'commander'
import { type AccountType, accountTypes } from '../../domain/account.ts'
import type { Project } from '../../domain/project.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import type { ImportReport } from './import-file.ts'

type ImportOptions = {
  project?: string
  type?: string
  allOrNothing?: true
  skipUnknownColumns?: true
  json?: true
}

/** `watchword users import`: imports the accounts of another system. */
export function addImport(group: Command, context: CommandContext): void {
  group
    .command('import <file>')
    .description('import users from a CSV file ("-" for standard input)')
    .option('--project <ID>', 'into which project; optional if there is only one')
    .option('--type <type>', `type of the lines that name none: ${accountTypes.join(', ')}`, 'USER')
    .option('--all-or-nothing', 'store no line if one is bad')
    .option('--skip-unknown-columns', 'ignore columns with other names')
    .option('--json', 'print {"lines", "stored", "bad": [{"line", "reason"}]}')
    .addHelpText('after', importHelp)
    .action((file: string, options: ImportOptions) => importUsers(context, file, options))
}

const importHelp = `
The first line names the columns, in any order; email or phone must be one of them:
  type           CITIZEN, USER, BUSINESS or AGENT
  email, phone   count as proven; a phone without a country code is one of the project's region
  first_name, last_name, full_name, agent_code, assigned_area
  locale         language of messages: en, fr, sw, hi, ar, es, pt or de
  business_ids   numbers of businesses that exist, such as 123 or "123 124"
  password       plain text, hashed here: some 100 lines a second and core
  password_hash  argon2id ("$argon2id$…", in quotation marks, for it has commas) or bcrypt ($2b$…), stored as it is;
                 bcrypt up to a cost of 12, argon2id up to 64 MiB, with four passes at that

Commas, semicolons or tabs separate; quotation marks as in RFC 4180; UTF-8. Every bad line is reported with its number
and reason, and the exit code is then 1. Good lines are kept, or none with --all-or-nothing.

Example file:
  type,email,phone,full_name,agent_code,business_ids,password_hash
  USER,ada@example.com,,Ada Lovelace,,,$2b$12$…
  AGENT,,+255712345678,"Agent, John",AG12345,123,"$argon2id$v=19$m=19456,t=2,p=1$…"

Examples:
  $ watchword users import people.csv --project PRJ_abc123def456
  $ zcat people.csv.gz | watchword users import - --all-or-nothing --json`

async function importUsers(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const type = accountTypes.find((known) => known === options.type?.toUpperCase())
  if (type === undefined) throw usageFailure(`--type must be one of ${accountTypes.join(', ')}`)
  const { openSource } = await import('./import-file.ts')
  const source = await openSource(file)
  const { project, report } = await withStores(context, async (stores) => {
    const project = await chooseProject(stores.projects, options.project)
    return {
      project,
      report: await runImport(context, { project, type, options, source, imports: stores.imports }),
    }
  })

  if (report.headerProblem !== null) throw new CommandFailure(`${file}, line 1: ${report.headerProblem}.`)
  if (report.bad.length > 0) context.finish(1)
  if (options.json) {
    return context.terminal.printJson({ lines: report.lines, stored: report.stored, bad: report.bad })
  }
  context.terminal.print(renderReport(report, project))
}

type Run = {
  project: Project
  type: AccountType
  options: ImportOptions
  source: Awaited<ReturnType<typeof import('./import-file.ts')['openSource']>>
  imports: import('../../engine/ports/imports.ts').ImportStore
}

async function runImport(
  { terminal }: CommandContext,
  { project, type, options, source, imports }: Run,
): Promise<ImportReport> {
  const [{ importFile }, { createProgress }, prepare] = await Promise.all([
    import('./import-file.ts'),
    import('../terminal/progress.ts'),
    loadPrepareAccount(),
  ])
  const progress = createProgress(terminal)
  try {
    return await importFile(source, {
      project,
      type,
      isAllOrNothing: options.allOrNothing === true,
      skipsUnknownColumns: options.skipUnknownColumns === true,
      prepare,
      imports,
      progress,
    })
  } finally {
    progress.end()
  }
}

async function loadPrepareAccount() {
  const [
    { createPrepareAccount },
    { createPasswordHashing },
    { parsePasswordHash },
    { loadCommonPasswords },
  ] = await Promise.all([
    import('../../engine/accounts/prepare-account.ts'),
    import('../../passwords/password-hashing.ts'),
    import('../../passwords/hash-kinds.ts'),
    import('../../passwords/common-passwords.ts'),
  ])
  // The limit on waiting hashes protects a server from its callers; here nobody else waits.
  const { hash } = createPasswordHashing({ queueMax: Number.POSITIVE_INFINITY })
  let common: Promise<ReadonlySet<string>> | null = null
  return createPrepareAccount({
    hash,
    parsePasswordHash,
    loadCommonPasswords: () => {
      common ??= loadCommonPasswords()
      return common
    },
  })
}

function renderReport({ lines, stored, bad }: ImportReport, project: Project): string {
  const count = (number: number) => number.toLocaleString('en')
  if (bad.length === 0)
    return `Imported ${count(stored)} ${stored === 1 ? 'user' : 'users'} into ${project.id}.`
  const were = bad.length === 1 ? '1 line is bad' : `${count(bad.length)} lines are bad`
  return `Imported ${stored === 0 ? 'none' : count(stored)} of ${count(lines)} users into ${project.id}: ${were}.`
}
