import type { AccountId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import type {
  ImportedAccount,
  ImportKeep,
  ImportProblem,
  ImportResult,
  ImportStore,
} from '../../engine/ports/imports.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { emailIdentifies, takeNumbers } from './account-rows.ts'
import { type ProvenAddress, releaseClaims } from './claims.ts'

/** Accounts per statement: about 50 ms of work, far below the statement time-out. */
const chunkSize = 2_000

type Numbered = { index: number; account: ImportedAccount }
type Problems = ImportResult['problems']

type Import = { accounts: ImportedAccount[]; keep: ImportKeep; onProgress: (done: number) => void }

/** The store that imports write to. */
export const createImportStore = (database: Database): ImportStore => ({
  async storeAll(projectId, accounts, { keep, onProgress }) {
    // Either each chunk is a transaction of its own, or all chunks are one that can be rolled back.
    const store = keep === 'good' ? importByChunks : importTogether
    const result = await store(database, projectId, { accounts, keep, onProgress })
    // Plans made for a small table would scan the whole large one until PostgreSQL notices by itself.
    if (result.stored >= chunkSize) await database.query('import-analyze', 'analyze accounts')
    return result
  },

  storeOne: (projectId, account) =>
    database.transaction(async (tx) => {
      const { problems, ids } = await importChunk(tx, projectId, [{ index: 0, account }])
      const [id] = ids
      if (id !== undefined) return { ok: true, id }
      return { ok: false, problem: problems[0]?.problem ?? 'no-address' }
    }),
})

async function importByChunks(
  database: Database,
  projectId: ProjectId,
  { accounts, onProgress }: Import,
): Promise<ImportResult> {
  const problems: Problems = []
  for (const chunk of chunksOf(accounts)) {
    const { problems: found } = await database.transaction((tx) => importChunk(tx, projectId, chunk))
    problems.push(...found)
    onProgress((chunk.at(-1)?.index ?? 0) + 1)
  }
  return { stored: accounts.length - problems.length, problems }
}

async function importTogether(
  database: Database,
  projectId: ProjectId,
  { accounts, keep, onProgress }: Import,
): Promise<ImportResult> {
  const problems: Problems = []
  const nothing = new Error('the import keeps none of its accounts')
  try {
    await database.transaction(async (tx) => {
      for (const chunk of chunksOf(accounts)) {
        problems.push(...(await importChunk(tx, projectId, chunk)).problems)
        onProgress((chunk.at(-1)?.index ?? 0) + 1)
      }
      if (keep === 'none' || problems.length > 0) throw nothing
    })
  } catch (error) {
    if (error !== nothing) throw error
    return { stored: 0, problems }
  }
  return { stored: accounts.length, problems }
}

function* chunksOf(accounts: ImportedAccount[]): Generator<Numbered[]> {
  for (let from = 0; from < accounts.length; from += chunkSize)
    yield accounts.slice(from, from + chunkSize).map((account, offset) => ({ index: from + offset, account }))
}

/** Stores the accounts of a chunk that can be stored, and reports the others. */
async function importChunk(
  tx: Transaction,
  projectId: ProjectId,
  chunk: Numbered[],
): Promise<{ problems: Problems; ids: AccountId[] }> {
  const problems: Problems = []
  const businesses = await findBusinesses(tx, projectId, chunk)
  const storable = chunk.filter(({ index, account }) => {
    const problem = ownProblem(account, businesses)
    if (problem !== null) problems.push({ index, problem })
    return problem === null
  })
  if (storable.length === 0) return { problems, ids: [] }

  await releaseClaims(tx, projectId, 'email', provenEmailsOf(storable))
  await releaseClaims(tx, projectId, 'phone', provenPhonesOf(storable))
  const first = await takeNumbers(tx, projectId, { subject: 'accounts', count: storable.length })
  const stored = await insertAccounts(tx, projectId, {
    first,
    accounts: storable.map(({ account }) => account),
  })
  const refused = storable.filter((_, offset) => !stored.has(first + offset))
  await recordActions(
    tx,
    storable.flatMap(({ account }, offset) =>
      stored.has(first + offset) ? eventsOfImport(projectId, first + offset, account) : [],
    ),
  )
  await insertMembers(
    tx,
    projectId,
    storable.flatMap(({ account }, offset) =>
      stored.has(first + offset)
        ? account.businessIds.map((id) => ({ business_id: id, account_id: first + offset }))
        : [],
    ),
  )
  problems.push(...(await explain(tx, projectId, refused)))
  problems.sort((a, b) => a.index - b.index)
  return { problems, ids: [...stored] }
}

function eventsOfImport(
  scope: ProjectId,
  accountId: AccountId,
  { type, isActive }: ImportedAccount,
): NewEvent[] {
  const imported = { scope, type: 'account.imported', accountId, details: { accountType: type } } as const
  return isActive ? [imported] : [imported, { scope, type: 'account.disabled', accountId, details: {} }]
}

function ownProblem(account: ImportedAccount, businesses: ReadonlySet<number>): ImportProblem | null {
  if (account.email === null && account.phone === null) return 'no-address'
  return account.businessIds.every((id) => businesses.has(id)) ? null : 'business-unknown'
}

async function findBusinesses(
  tx: Transaction,
  projectId: ProjectId,
  chunk: Numbered[],
): Promise<ReadonlySet<number>> {
  const ids = [...new Set(chunk.flatMap(({ account }) => account.businessIds))]
  if (ids.length === 0) return new Set()
  const rows = await tx.query<{ id: number }>(
    'import-businesses',
    `select id
    from businesses
    where project_id = $1 and id = any ($2::bigint[])`,
    [projectId, ids],
  )
  return new Set(rows.map(({ id }) => id))
}

const provenEmailsOf = (storable: Numbered[]): ProvenAddress[] =>
  storable.flatMap(({ account: { type, email, isEmailVerified } }) =>
    email === null || !isEmailVerified ? [] : [{ type, address: email }],
  )

const provenPhonesOf = (storable: Numbered[]): ProvenAddress[] =>
  storable.flatMap(({ account: { type, phone, isPhoneVerified } }) =>
    phone === null || !isPhoneVerified ? [] : [{ type, address: phone }],
  )

const personColumns = {
  type: 'text',
  email: 'text',
  phone: 'text',
  first_name: 'text',
  last_name: 'text',
  full_name: 'text',
  agent_code: 'text',
  assigned_area: 'text',
  locale: 'text',
  password_hash: 'text',
  is_active: 'boolean',
}
const inserted = Object.keys(personColumns).join(', ')
const people = rowList({ ...personColumns, is_email_verified: 'boolean', is_phone_verified: 'boolean' })

/** Returns the numbers that were stored. If an address is taken, also by an earlier line, its number stays unused. */
async function insertAccounts(
  tx: Transaction,
  projectId: ProjectId,
  { first, accounts }: { first: number; accounts: ImportedAccount[] },
): Promise<ReadonlySet<number>> {
  const rows = await tx.query<{ id: number }>(
    'import-insert',
    `insert into accounts (project_id, id, ${inserted}, email_verified_at, phone_verified_at, created_at)
    select ${people.after(1)}, ${people.after(2)}::bigint + n - 1, ${inserted},
      case when email is not null and is_email_verified then clock_now() end,
      case when phone is not null and is_phone_verified then clock_now() end, clock_now()
    from ${people.from}
    order by n
    on conflict do nothing
    returning id`,
    [...people.values(accounts.map(rowOfPerson)), projectId, first],
  )
  return new Set(rows.map(({ id }) => id))
}

const rowOfPerson = (account: ImportedAccount) => ({
  type: account.type,
  email: account.email,
  phone: account.phone,
  first_name: account.firstName,
  last_name: account.lastName,
  full_name: account.fullName,
  agent_code: account.agentCode,
  assigned_area: account.assignedArea,
  locale: account.locale,
  password_hash: account.passwordHash?.reveal(),
  is_active: account.isActive,
  is_email_verified: account.isEmailVerified,
  is_phone_verified: account.isPhoneVerified,
})

const memberships = rowList({ business_id: 'bigint', account_id: 'bigint' })

async function insertMembers(
  tx: Transaction,
  projectId: ProjectId,
  members: { business_id: number; account_id: number }[],
): Promise<void> {
  if (members.length === 0) return
  await tx.query(
    'import-members',
    `insert into business_members (project_id, ${memberships.columns})
    select ${memberships.after(1)}, ${memberships.columns}
    from ${memberships.from}
    on conflict do nothing`,
    [...memberships.values(members), projectId],
  )
}

const refusedRows = rowList({ index: 'integer', type: 'text', email: 'text' })

/** An e-mail address that is not proven, beside a phone that is, keeps nobody out. */
const isMereClaim = ({ isEmailVerified, phone, isPhoneVerified }: ImportedAccount): boolean =>
  !isEmailVerified && phone !== null && isPhoneVerified

/** Which of its addresses excluded a line. Queried afterwards, because only few lines need it. */
async function explain(tx: Transaction, projectId: ProjectId, refused: Numbered[]): Promise<Problems> {
  if (refused.length === 0) return []
  const taken = await tx.query<{ index: number }>(
    'import-explain',
    `select i.index
    from ${refusedRows.from}
    join accounts a on a.project_id = ${refusedRows.after(1)} and a.type = i.type and a.email = i.email
      and ${emailIdentifies}`,
    [
      ...refusedRows.values(
        refused.map(({ index, account }) => ({
          index,
          type: account.type,
          email: isMereClaim(account) ? null : account.email,
        })),
      ),
      projectId,
    ],
  )
  const byEmail = new Set(taken.map(({ index }) => index))
  return refused.map(({ index }) => ({ index, problem: byEmail.has(index) ? 'email-taken' : 'phone-taken' }))
}
