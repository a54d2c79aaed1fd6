import { randomBytes } from 'node:crypto'
import type { EmailAddress } from '../../domain/email-address.ts'
import { serverScope } from '../../domain/event.ts'
import { type Operator, type OperatorId, type OperatorRole, whyUnfit } from '../../domain/operator.ts'
import type { ProjectId } from '../../domain/project.ts'
import type {
  ListedOperator,
  OperatorChange,
  OperatorRefusal,
  OperatorStore,
} from '../../engine/ports/operators.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'

export const operatorColumns = 'o.id, o.email, o.name, o.role, o.projects'

export type OperatorRow = {
  id: OperatorId
  email: EmailAddress
  name: string
  role: OperatorRole
  projects: ProjectId[] | null
}

export const operatorFromRow = ({ id, email, name, role, projects }: OperatorRow): Operator => ({
  id,
  email,
  name,
  role,
  projects,
})

/** What an operator must have been asked, besides the first step, to be signed in. */
export const hasSecondFactorSql = `(
  exists (select from operator_passkeys k where k.operator_id = o.id)
  or exists (
    select from totp_authenticators t
    where t.project_id = '${serverScope}' and t.subject = o.id and t.confirmed_at is not null
  )
)`

const listSql = `
  select ${operatorColumns}, o.created_at, o.last_seen_at, ${hasSecondFactorSql} as has_second_factor,
    (
      select count(*)::integer from operator_sessions s
      where s.operator_id = o.id and s.is_complete and s.expires_at > clock_now()
    ) as sessions
  from operators o`

type ListedRow = OperatorRow & {
  created_at: Date
  last_seen_at: Date | null
  has_second_factor: boolean
  sessions: number
}

const listedFromRow = (row: ListedRow): ListedOperator => ({
  ...operatorFromRow(row),
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  sessions: row.sessions,
  hasSecondFactor: row.has_second_factor,
})

/** The store of operators and their links. */
export const createOperatorStore = (database: Database): OperatorStore => ({
  async list() {
    const rows = await database.query<ListedRow>('operators-list', `${listSql} order by o.created_at, o.id`)
    return rows.map(listedFromRow)
  },

  async find(id) {
    const [row] = await database.query<ListedRow>('operators-find', `${listSql} where o.id = $1`, [id])
    return row === undefined ? null : listedFromRow(row)
  },

  async findByEmail(email) {
    const [row] = await database.query<OperatorRow>(
      'operators-find-email',
      `select ${operatorColumns} from operators o where o.email = $1`,
      [email],
    )
    return row === undefined ? null : operatorFromRow(row)
  },

  insert: ({ email, name, role, projects }) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<OperatorRow>(
        'operators-insert',
        `insert into operators as o (id, email, name, role, projects)
        values ($1, $2, $3, $4, $5)
        on conflict (email) do nothing
        returning ${operatorColumns}`,
        [`OPR_${randomBytes(6).toString('hex')}`, email, name, role, projects],
      )
      if (row === undefined) return null
      const details = { operatorId: row.id, role, projects }
      await recordActions(tx, [{ scope: serverScope, type: 'operator.invited', details }])
      return operatorFromRow(row)
    }),

  change: (id, change) => database.transaction((tx) => changeOperator(tx, id, change)),
  remove: (id) => database.transaction((tx) => removeOperator(tx, id)),

  putLink: (id, hash, lifeSeconds) =>
    database.transaction(async (tx) => {
      await tx.query('operator-links-drop', 'delete from operator_links where operator_id = $1', [id])
      const [row] = await tx.query<{ expires_at: Date }>(
        'operator-links-insert',
        `insert into operator_links (token_hash, operator_id, expires_at)
        select $2, id, clock_now() + make_interval(secs => $3)
        from operators
        where id = $1
        returning expires_at`,
        [id, hash, lifeSeconds],
      )
      if (row === undefined) return null
      await recordActions(tx, [
        { scope: serverScope, type: 'operator.link-made', details: { operatorId: id } },
      ])
      return row.expires_at
    }),

  async spendLink(hash) {
    const [row] = await database.query<OperatorRow>(
      'operator-links-spend',
      `with spent as (
        delete from operator_links
        where token_hash = $1
        returning operator_id, expires_at
      )
      select ${operatorColumns}
      from spent
      join operators o on o.id = spent.operator_id
      where spent.expires_at > clock_now()`,
      [hash],
    )
    return row === undefined ? null : operatorFromRow(row)
  },

  async findByOpenId({ issuer, subject }, email) {
    const [row] = await database.query<OperatorRow>(
      'operators-open-id',
      `with known as (
        select id from operators where open_id_issuer = $1 and open_id_subject = $2
      ),
      first_time as (
        update operators
        set open_id_issuer = $1, open_id_subject = $2
        where email = $3 and open_id_subject is null and not exists (select from known)
        returning id
      )
      select ${operatorColumns}
      from operators o
      where o.id in (select id from known union all select id from first_time)`,
      [issuer, subject, email],
    )
    return row === undefined ? null : operatorFromRow(row)
  },
})

type Outcome = { ok: true } | { ok: false; refusal: OperatorRefusal }

const refuse = (refusal: OperatorRefusal): Outcome => ({ ok: false, refusal })

async function changeOperator(tx: Transaction, id: OperatorId, change: OperatorChange): Promise<Outcome> {
  const owners = await lockOwners(tx)
  const [before] = await tx.query<OperatorRow>(
    'operators-lock',
    `select ${operatorColumns} from operators o where o.id = $1 for update`,
    [id],
  )
  if (before === undefined) return refuse('unknown')
  const next = { ...operatorFromRow(before), ...change }
  if (whyUnfit(next) !== null) return refuse('unfit')
  if (next.role !== 'owner' && isLast(owners, id)) return refuse('last-owner')
  await tx.query(
    'operators-change',
    'update operators set name = $2, role = $3, projects = $4 where id = $1',
    [id, next.name, next.role, next.projects],
  )
  const details = { operatorId: id, changed: Object.keys(change) }
  await recordActions(tx, [{ scope: serverScope, type: 'operator.changed', details }])
  return { ok: true }
}

/** The sessions, links and second factors go with the row. */
async function removeOperator(tx: Transaction, id: OperatorId): Promise<Outcome> {
  if (isLast(await lockOwners(tx), id)) return refuse('last-owner')
  const removed = await tx.query('operators-remove', 'delete from operators where id = $1 returning id', [id])
  if (removed.length === 0) return refuse('unknown')
  await tx.query(
    'operators-remove-totp',
    'delete from totp_authenticators where project_id = $1 and subject = $2',
    [serverScope, id],
  )
  await recordActions(tx, [{ scope: serverScope, type: 'operator.removed', details: { operatorId: id } }])
  return { ok: true }
}

/** All owners, locked in one order, so that two who remove each other at once cannot both succeed. */
async function lockOwners(tx: Transaction): Promise<OperatorId[]> {
  const rows = await tx.query<{ id: OperatorId }>(
    'operators-owners',
    "select id from operators where role = 'owner' order by id for update",
  )
  return rows.map(({ id }) => id)
}

const isLast = (owners: OperatorId[], id: OperatorId): boolean => owners.length === 1 && owners[0] === id
