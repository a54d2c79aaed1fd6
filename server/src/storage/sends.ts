import type { Challenge } from '../domain/challenge.ts'
import { challengeIdFloor } from '../domain/challenge.ts'
import type { Quota, SendJudgement, SendRequest, SendState } from '../domain/judge-send.ts'
import type { ProjectId } from '../domain/project.ts'
import type { Recipient } from '../domain/recipient.ts'
import { leaseSeconds } from '../engine/lease.ts'
import {
  addressLock,
  type BatchLimits,
  idempotencyLock,
  limitLock,
  lockNames,
  readLimits,
} from './batch-locks.ts'
import {
  type ChallengeRow,
  challengeColumns,
  parseChallenge,
  parseRecipient,
  type RecipientRow,
} from './challenge-rows.ts'
import type { BatchTransaction, Database, Transaction } from './database.ts'

/** A send on its way through a batch. */
export type PendingSend = { send: SendRequest; judge: (state: SendState) => SendJudgement }

/** Decides many sends in one transaction: locks, reads, judges each in turn, writes, commits. */
export const decideSends = (
  database: Database,
  pending: PendingSend[],
  since: Date,
): Promise<SendJudgement[]> =>
  database.batch(async (tx) => {
    const sends = pending.map(({ send }) => send)
    const uses = sends.flatMap(({ projectId, limits, guards }) =>
      [...limits, ...guards].map((limit) => ({ projectId, limit })),
    )
    const [, rows, limits, quotas] = await Promise.all([
      lockNames(tx, [
        ...sends.flatMap(lockedNames),
        ...uses.map((use) => limitLock(use.projectId, use.limit)),
      ]),
      readSubjects(tx, sends, since),
      readLimits(tx, uses),
      lockQuotas(tx, sends),
    ])

    const judgements = pending.map(({ send, judge }, index) => {
      const row = rows[index]
      if (row === undefined) throw new Error('a send of the batch was not read')
      const judgement = judge({
        now: row.now,
        recipient: parseRecipient(row),
        sentElsewhere: row.sent_elsewhere,
        last: parseChallenge(row),
        quota: quotas.get(send.projectId) ?? { granted: null, used: 0 },
        limits: limits.of(send.projectId),
        first: row.first,
      })
      // The next request of the batch is judged by what this one left of the project's quota and limits.
      limits.set(send.projectId, judgement.limits)
      if (judgement.ok && judgement.kind === 'new') quotas.set(send.projectId, judgement.quota)
      return judgement
    })

    writeSends(tx, sends, judgements, { limits, since })
    return judgements
  })

const lockedNames = ({ projectId, address, idempotency }: SendRequest): string[] =>
  idempotency === null
    ? [addressLock(address)]
    : [addressLock(address), idempotencyLock(projectId, idempotency.key)]

type SubjectRow = { n: number; now: Date; sent_elsewhere: number; first: SendState['first'] } & RecipientRow &
  ChallengeRow

// `$2` is a literal bound on the partitions that are looked at, the time of day is judged by the rows themselves.
const readSubjectsSql = `
  select i.n, clock.now, r.sends, r.failures, r.failures_in_row, r.locked_until,
    elsewhere.count as sent_elsewhere, ${challengeColumns}
  from (select moment() as now) clock
  cross join json_to_recordset($1) as i(n integer, project_id text, address text, purpose text, record_id text)
  left join recipients r on r.address = i.address and r.project_id = i.project_id
  left join lateral (
    select count(*)::integer as count
    from recipients o, unnest(o.sends) as sent_at
    where o.address = i.address and o.project_id <> i.project_id and sent_at > clock.now - interval '24 hours'
  ) elsewhere on true
  left join lateral (
    select * from challenges
    where project_id = i.project_id and address = i.address and id >= $2 and purpose = i.purpose
      and record_id is not distinct from i.record_id
      and superseded_at is null and created_at > clock.now - interval '24 hours'
    order by id desc
    limit 1
  ) c on true
  order by i.n`

async function readSubjects(tx: Transaction, sends: SendRequest[], since: Date): Promise<SubjectRow[]> {
  const subjects = sends.map(({ projectId, address, purpose, recordId }, n) => ({
    n,
    project_id: projectId,
    address,
    purpose,
    record_id: recordId,
  }))
  const [rows, firsts] = await Promise.all([
    tx.query<SubjectRow>('sends-read', readSubjectsSql, [JSON.stringify(subjects), idFloor(since)]),
    readFirstSends(tx, sends, since),
  ])
  return rows.map((row) => ({ ...row, first: firsts.get(row.n) ?? null }))
}

const readFirstSendsSql = `
  select i.n, k.body_digest, ${challengeColumns}
  from json_to_recordset($1) as i(n integer, project_id text, key text)
  join idempotency_keys k on k.project_id = i.project_id and k.key = i.key
    and k.created_at > moment() - interval '24 hours'
  join challenges c on c.project_id = k.project_id and c.id = k.challenge_id and c.id >= $2`

async function readFirstSends(
  tx: Transaction,
  sends: SendRequest[],
  since: Date,
): Promise<Map<number, SendState['first']>> {
  const keyed = sends.flatMap(({ projectId, idempotency }, n) =>
    idempotency === null ? [] : [{ n, project_id: projectId, key: idempotency.key }],
  )
  if (keyed.length === 0) return new Map()
  const rows = await tx.query<{ n: number; body_digest: string } & ChallengeRow>(
    'sends-first',
    readFirstSendsSql,
    [JSON.stringify(keyed), idFloor(since)],
  )
  return new Map(
    rows.map((row) => [row.n, { bodyDigest: row.body_digest, challenge: parseChallenge(row) as Challenge }]),
  )
}

const lockQuotasSql = `
  select project_id, tokens_granted as granted, tokens_used as used
  from quotas
  where project_id = any($1)
  order by project_id
  for update`

async function lockQuotas(tx: Transaction, sends: SendRequest[]): Promise<Map<ProjectId, Quota>> {
  const projects = [
    ...new Set(sends.filter(({ spendsToken }) => spendsToken).map(({ projectId }) => projectId)),
  ]
  if (projects.length === 0) return new Map()
  const rows = await tx.query<{ project_id: ProjectId } & Quota>('quotas-lock', lockQuotasSql, [projects])
  return new Map(rows.map(({ project_id, granted, used }) => [project_id, { granted, used }]))
}

const writeRecipientsSql = `
  insert into recipients (address, project_id, sends, failures, failures_in_row, locked_until, updated_at)
  select address, project_id, sends, failures, failures_in_row, locked_until, updated_at
  from json_to_recordset($1) as i(address text, project_id text, sends timestamptz[], failures timestamptz[],
    failures_in_row smallint, locked_until timestamptz, updated_at timestamptz)
  on conflict (address, project_id)
  do update set sends = excluded.sends, failures = excluded.failures, failures_in_row = excluded.failures_in_row,
    locked_until = excluded.locked_until, updated_at = excluded.updated_at`

const supersedeSql = `
  update challenges c
  set superseded_at = i.superseded_at
  from json_to_recordset($1) as i(project_id text, id bytea, superseded_at timestamptz)
  where c.project_id = i.project_id and c.id = i.id and c.id >= $2`

const insertSql = `
  insert into challenges (project_id, id, purpose, channel, address, target, record_id, companion, account_id, content,
    locale, digest_mac, digest_key_id, tries, tries_max, created_at, expires_at, spends_token, delivery_state,
    leased_until)
  select project_id, id, purpose, channel, address, target, record_id, companion, account_id, content, locale,
    digest_mac, digest_key_id, 0, tries_max, created_at, expires_at, spends_token, delivery_state,
    case when delivery_state = 'queued' then created_at + make_interval(secs => $2) end
  from json_to_recordset($1) as i(project_id text, id bytea, purpose text, channel text, address text, target text,
    record_id text, companion text, account_id bigint, content text, locale text, digest_mac bytea,
    digest_key_id text, tries_max smallint, created_at timestamptz, expires_at timestamptz, spends_token boolean,
    delivery_state text)`

const writeQuotasSql = `
  update quotas q
  set tokens_used = q.tokens_used + i.spent
  from json_to_recordset($1) as i(project_id text, spent bigint)
  where q.project_id = i.project_id`

const writeFirstSendsSql = `
  insert into idempotency_keys (project_id, key, body_digest, challenge_id, created_at)
  select project_id, key, body_digest, challenge_id, created_at
  from json_to_recordset($1)
    as i(project_id text, key text, body_digest text, challenge_id bytea, created_at timestamptz)
  on conflict (project_id, key)
  do update set body_digest = excluded.body_digest, challenge_id = excluded.challenge_id,
    created_at = excluded.created_at`

function writeSends(
  tx: BatchTransaction,
  sends: SendRequest[],
  judgements: SendJudgement[],
  { limits, since }: { limits: BatchLimits; since: Date },
): void {
  limits.write(tx)
  const accepted = judgements.flatMap((judgement, index) =>
    judgement.ok && judgement.kind === 'new' ? [{ ...judgement, send: sends[index] as SendRequest }] : [],
  )
  if (accepted.length === 0) return

  const spent = countByProject(accepted.filter(({ send }) => send.spendsToken))
  if (spent.length > 0) tx.write('quotas-write', writeQuotasSql, [JSON.stringify(spent)])

  const recipients = accepted.map(({ challenge, recipient }) => recipientColumns(challenge, recipient))
  tx.write('recipients-write', writeRecipientsSql, [JSON.stringify(recipients)])

  const superseded = accepted.flatMap(({ challenge, replaces }) =>
    replaces === null
      ? []
      : [{ project_id: challenge.projectId, id: `\\x${replaces}`, superseded_at: challenge.createdAt }],
  )
  if (superseded.length > 0)
    tx.write('sends-supersede', supersedeSql, [JSON.stringify(superseded), idFloor(since)])

  const inserted = accepted.map(({ challenge, send }) => challengeInsert(challenge, send.spendsToken))
  tx.write('sends-insert', insertSql, [JSON.stringify(inserted), leaseSeconds])

  const firsts = accepted.flatMap(({ challenge, send: { idempotency } }) =>
    idempotency === null
      ? []
      : [
          {
            project_id: challenge.projectId,
            key: idempotency.key,
            body_digest: idempotency.bodyDigest,
            challenge_id: `\\x${challenge.id}`,
            created_at: challenge.createdAt,
          },
        ],
  )
  if (firsts.length > 0) tx.write('sends-first-write', writeFirstSendsSql, [JSON.stringify(firsts)])
}

const countByProject = (accepted: { send: SendRequest }[]): { project_id: ProjectId; spent: number }[] => {
  const counts = new Map<ProjectId, number>()
  for (const { send } of accepted) counts.set(send.projectId, (counts.get(send.projectId) ?? 0) + 1)
  return [...counts]
    .map(([project_id, spent]) => ({ project_id, spent }))
    .sort((a, b) => (a.project_id < b.project_id ? -1 : 1))
}

const recipientColumns = ({ address, projectId, createdAt }: Challenge, recipient: Recipient) => ({
  address,
  project_id: projectId,
  sends: recipient.sends,
  failures: recipient.failures,
  failures_in_row: recipient.failuresInRow,
  locked_until: recipient.lockedUntil,
  updated_at: createdAt,
})

const challengeInsert = (challenge: Challenge, spendsToken: boolean) => ({
  project_id: challenge.projectId,
  id: `\\x${challenge.id}`,
  purpose: challenge.purpose,
  channel: challenge.channel,
  address: challenge.address,
  target: challenge.target,
  record_id: challenge.recordId,
  companion: challenge.companion,
  account_id: challenge.accountId,
  content: challenge.content,
  locale: challenge.locale,
  digest_mac: challenge.digest === null ? null : `\\x${challenge.digest.mac}`,
  digest_key_id: challenge.digest?.keyId ?? null,
  tries_max: challenge.triesMax,
  created_at: challenge.createdAt,
  expires_at: challenge.expiresAt,
  spends_token: spendsToken,
  delivery_state: challenge.deliveryState,
})

/** The smallest id of a moment as a bytea literal. */
export const idFloor = (moment: Date): string => `\\x${challengeIdFloor(moment)}`
