import type { Address, Channel } from '../../domain/address.ts'
import {
  type Challenge,
  type ChallengeId,
  type Content,
  challengeIdFloor,
  type DeliveryState,
} from '../../domain/challenge.ts'
import type { LimitState } from '../../domain/limit.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import type { Recipient } from '../../domain/recipient.ts'
import { type RowList, rowList } from '../postgres/row-list.ts'

/*
 * Rows of the hot tables as PostgreSQL returns them, and the domain values that they represent.
 */

/** What the challenges of a batch mostly have in common: their columns and types. */
const sharedColumns = {
  project_id: 'text',
  purpose: 'text',
  channel: 'text',
  content: 'text',
  locale: 'text',
  key_id: 'text',
  digits: 'smallint',
  tries: 'smallint',
  tries_max: 'smallint',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
  delivery_state: 'text',
} as const

/** What each challenge has of its own. */
const ownColumns = {
  id: 'bytea',
  address: 'text',
  target: 'text',
  record_id: 'text',
  companion: 'text',
  account_id: 'bigint',
} as const

/** The columns that a challenge is created with and that judgements read. */
const firstColumns = { ...sharedColumns, ...ownColumns }

const ownNewColumns = {
  ...ownColumns,
  caller: 'text',
  fallbacks: 'json',
  fallback_at: 'timestamptz',
} as const
const sharedNewColumns = { ...sharedColumns, spends_token: 'boolean' } as const

/** Challenges as they are inserted, including the columns that no judgement reads. */
export const newChallengeRows = rowList({ ...sharedNewColumns, ...ownNewColumns })

/** The same, where all of a batch have the shared columns in common; these are given once. */
export const alikeChallengeRows = rowList(ownNewColumns)
export const sharedOfChallenges = Object.entries(sharedNewColumns).map(([name, type]) => ({
  name: name as keyof typeof sharedNewColumns,
  type,
}))

/** The columns of a challenge, for every statement that reads one; `c` is its table. */
export const challengeColumns = [...Object.keys(firstColumns), 'used_at']
  .map((name) => (name === 'id' ? `encode(c.id, 'hex') as id` : `c.${name}`))
  .join(', ')

/**
 * Finds challenges of `i.address` in `i.project_id` by the index on addresses. The comparison of projects is
 * deliberately not an equality: with one, a planner without statistics may choose the primary key and read everything
 * that the project has sent.
 */
export const ofSubject = 'address = i.address and project_id is not distinct from i.project_id'

/**
 * For an update of challenges `c`: those that `rows` name as `i`, in the partitions from the id `floor` on, in the
 * order in which results and receipts lock them, so that neither deadlocks the other. The limit excludes no row. It
 * makes the planner expect few rows, so that a lookup of each by its key is always the cheaper plan; otherwise the
 * planner might reverse the join while the table is small, and read the whole table from then on.
 */
export const namedChallenges = (rows: RowList<'project_id' | 'id'>, floor: string): string => `
  (select * from ${rows.from} order by project_id, id limit cardinality($1::text[])) i
  where c.project_id = i.project_id and c.id = i.id and c.id >= ${floor}`

/**
 * An update of `namedChallenges` that fails as a conflict unless it writes every one of them; the batch is then decided once
 * more. Without the count a wrong code could go uncounted (V1): if the result of a delivery has just changed the row,
 * PostgreSQL evaluates the update again for the new version of the row. If a parameter has excluded partitions by then,
 * version 18 finds no row and writes nothing.
 */
export const writeAllNamed = (update: string): string => `
  with written as (${update}
    returning 1
  )
  select assert_row_count(count(*), cardinality($1::text[])) from written`

export type ChallengeRow = {
  project_id: ProjectId
  id: ChallengeId | null
  purpose: PurposeName
  channel: Channel
  address: Address
  target: string
  record_id: string | null
  companion: string | null
  account_id: number | null
  content: Content
  locale: MessageLocale
  key_id: string
  digits: number
  tries: number
  tries_max: number
  created_at: Date
  expires_at: Date
  used_at: Date | null
  delivery_state: DeliveryState
}

/** Null for the empty side of an outer join. */
export function challengeFromRow(row: ChallengeRow): Challenge | null {
  if (row.id === null) return null
  return {
    id: row.id,
    projectId: row.project_id,
    purpose: row.purpose,
    channel: row.channel,
    address: row.address,
    target: row.target,
    recordId: row.record_id,
    secondAddress: row.companion,
    accountId: row.account_id,
    content: row.content,
    locale: row.locale,
    keyId: row.key_id,
    digits: row.digits,
    attempts: row.tries,
    attemptsMax: row.tries_max,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    deliveryState: row.delivery_state,
  }
}

export type RecipientRow = {
  failures: Date[] | null
  failures_in_row: number | null
  locked_until: Date | null
  networks: RecipientNetworks | null
}

/** The column `networks`: those that failed in the run, and those that have proven the address. */
type RecipientNetworks = { failed?: string[]; proven?: string[] }

export function recipientFromRow(row: RecipientRow): Recipient | null {
  if (row.failures === null || row.failures_in_row === null) return null
  const { failed = [], proven = [] } = row.networks ?? {}
  return {
    failures: row.failures,
    failuresInRow: row.failures_in_row,
    failedBy: failed,
    lockedUntil: row.locked_until,
    provenBy: proven,
  }
}

/** Null for an address of which no network is known, so that callers with keys pay nothing for the others. */
function networksOf({ failedBy, provenBy }: Recipient): RecipientNetworks | null {
  const networks = {
    ...(failedBy.length > 0 ? { failed: failedBy } : {}),
    ...(provenBy.length > 0 ? { proven: provenBy } : {}),
  }
  return Object.keys(networks).length === 0 ? null : networks
}

/** Recipients as the batches write them. */
export const recipientRows = rowList({
  address: 'text',
  project_id: 'text',
  failures: 'timestamptz[]',
  failures_in_row: 'smallint',
  locked_until: 'timestamptz',
  networks: 'jsonb',
  updated_at: 'timestamptz',
})

/** The order in which recipients are written, so that nobody who writes several deadlocks with another. */
export const byRecipient = (
  one: { address: Address; project_id: ProjectId },
  other: { address: Address; project_id: ProjectId },
): number =>
  one.address === other.address
    ? compare(one.project_id, other.project_id)
    : compare(one.address, other.address)

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

export const rowOfRecipient = (
  { address, projectId }: { address: Address; projectId: ProjectId },
  recipient: Recipient,
  updatedAt: Date,
) => ({
  address,
  project_id: projectId,
  failures: recipient.failures,
  failures_in_row: recipient.failuresInRow,
  locked_until: recipient.lockedUntil,
  networks: networksOf(recipient),
  updated_at: updatedAt,
})

export type LimitRow = {
  project_id: ProjectId
  scope: string
  key: string
  started_at: Date
  count: number
  members: string[]
}

export const limitFromRow = ({ started_at, count, members }: LimitRow): LimitState => ({
  startedAt: started_at,
  count,
  members,
})

/** The smallest id of a moment as a bytea literal. */
export const idFloor = (moment: Date): string => `\\x${challengeIdFloor(moment)}`
