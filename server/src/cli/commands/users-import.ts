import type { Command } from 'commander'
import { type AccountType, accountTypes } from '../../domain/account.ts'
import type { Project } from '../../domain/project.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import type { ImportReport, Source } from '../../imports/import-file.ts'

type ImportOptions = {
  project?: string
  type?: string
  allOrNothing?: true
  skipUnknownColumns?: true
  withoutForeignPasswords?: true
  json?: true
}

/** `watchword users import`: imports the accounts of another system. */
export function addImport(group: Command, context: CommandContext): void {
  group
    .command('import <file>')
    .description('import users from a CSV or JSON file ("-" for standard input)')
    .option('--project <ID>', 'into which project; optional if there is only one')
    .option('--type <type>', `type of the lines that name none: ${accountTypes.join(', ')}`, 'USER')
    .option('--all-or-nothing', 'store no line if one is bad')
    .option('--skip-unknown-columns', 'ignore columns with other names')
    .option(
      '--without-foreign-passwords',
      'import the users whose hashes cannot be checked here, without them',
    )
    .option(
      '--json',
      'print {"lines", "stored", "withoutPassword", "skipped": [names], "bad": [{"line", "reason"}]}',
    )
    .addHelpText('after', importHelp)
    .action((file: string, options: ImportOptions) => importUsers(context, file, options))
}

const importHelp = `
The first line of a CSV file names the columns, in any order; email or phone must be one of them. JSON is a list of objects,
or one object after the other, with the same names:
  type            CITIZEN, USER, BUSINESS or AGENT
  email, phone    a phone without a country code is one of the project's region
  email_verified, phone_verified
                  true or false; without the column, addresses count as proven. An address that is not is a claim: its first
                  code proves it, and drops the password and the names, which may be a stranger's
  first_name, last_name, full_name, agent_code, assigned_area
  locale          language of messages: en, fr, sw, hi, ar, es, pt or de
  business_ids    numbers of businesses that exist, such as 123 or "123 124"
  password        plain text, hashed here: some 100 lines a second and core
  password_hash   argon2id ("$argon2id$…", in quotation marks, for it has commas) or bcrypt ($2b$…), stored as it is;
                  bcrypt up to a cost of 12, argon2id up to 64 MiB, with four passes at that
  disabled        true for who may not log in; false by default

The exports of other systems are recognised by their names, and read as they are:
  Supabase  the table auth.users, as CSV: who is confirmed, who is banned, bcrypt hashes
  Firebase  auth:export as JSON. Its hashes cannot be checked here
  Auth0     bulk JSON or JSON lines: email_verified, blocked, hashes of bcrypt and argon2id
What nothing here stands for is skipped, and named in the result.

Commas, semicolons or tabs separate; quotation marks as in RFC 4180; UTF-8. Every bad line is reported with its number
and reason, and the exit code is then 1. Good lines are kept, or none with --all-or-nothing.

Example file:
  type,email,email_verified,phone,full_name,agent_code,business_ids,password_hash,disabled
  USER,ada@example.com,true,,Ada Lovelace,,,$2b$12$…,false
  AGENT,,,+255712345678,"Agent, John",AG12345,123,"$argon2id$v=19$m=19456,t=2,p=1$…",

Examples:
  $ watchword users import people.csv --project PRJ_abc123def456
  $ watchword users import firebase.json --without-foreign-passwords
  $ zcat people.csv.gz | watchword users import - --all-or-nothing --json`

async function importUsers(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const type = accountTypes.find((known) => known === options.type?.toUpperCase())
  if (type === undefined) throw usageFailure(`--type must be one of ${accountTypes.join(', ')}`)
  const { openSource } = await import('./import-source.ts')
  const source = await openSource(file)
  const { project, report } = await withStores(context, async (stores) => {
    const project = await chooseProject(stores.projects, options.project)
    return {
      project,
      report: await runImport(context, { project, type, options, source, imports: stores.imports }),
    }
  })

  if (report.headerProblem !== null) {
    const { line, reason } = report.headerProblem
    throw new CommandFailure(`${file}, line ${line}: ${reason}.`)
  }
  if (report.bad.length > 0) context.finish(1)
  if (options.json) {
    const { lines, stored, withoutPassword, skipped, bad } = report
    return context.terminal.printJson({ lines, stored, withoutPassword, skipped, bad })
  }
  for (const line of renderReport(report, project)) context.terminal.print(line)
}

type Run = {
  project: Project
  type: AccountType
  options: ImportOptions
  source: Source
  imports: import('../../engine/ports/imports.ts').ImportStore
}

async function runImport(
  { terminal }: CommandContext,
  { project, type, options, source, imports }: Run,
): Promise<ImportReport> {
  const [{ importFile }, { createProgress }, { parsePasswordHash }, prepare] = await Promise.all([
    import('../../imports/import-file.ts'),
    import('../terminal/progress.ts'),
    import('../../passwords/hash-kinds.ts'),
    loadPrepareAccount(),
  ])
  const progress = createProgress(terminal)
  try {
    return await importFile(source, {
      project,
      type,
      isAllOrNothing: options.allOrNothing === true,
      skipsUnknownColumns: options.skipUnknownColumns === true,
      dropsForeignPasswords: options.withoutForeignPasswords === true,
      prepare,
      parsePasswordHash,
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

function renderReport(report: ImportReport, project: Project): string[] {
  const { skipped, withoutPassword } = report
  const lines = [renderCounts(report, project)]
  if (skipped.length > 0) lines.push(`Skipped, because nothing here stands for it: ${skipped.join(', ')}.`)
  if (withoutPassword > 0)
    lines.push(`Without their password, because its hash cannot be checked here: ${count(withoutPassword)}.`)
  return lines
}

function renderCounts({ lines, stored, bad }: ImportReport, project: Project): string {
  if (bad.length === 0)
    return `Imported ${count(stored)} ${stored === 1 ? 'user' : 'users'} into ${project.id}.`
  const were = bad.length === 1 ? '1 line is bad' : `${count(bad.length)} lines are bad`
  return `Imported ${stored === 0 ? 'none' : count(stored)} of ${count(lines)} users into ${project.id}: ${were}.`
}

const count = (number: number): string => number.toLocaleString('en')
