import type { Challenge } from '../../domain/challenge.ts'
import type { SendJudgement, SendRequest } from '../../domain/judge-send.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction } from '../postgres/sql.ts'
import { idFloor, namedChallenges, recipientColumns, recipientRows } from './challenge-rows.ts'

const writeRecipientsSql = `
  insert into recipients (address, project_id, sends, failures, failures_in_row, locked_until, updated_at)
  select address, project_id, sends, failures, failures_in_row, locked_until, updated_at
  from ${recipientRows.from}
  on conflict (address, project_id)
  do update set sends = excluded.sends, failures = excluded.failures, failures_in_row = excluded.failures_in_row,
    locked_until = excluded.locked_until, updated_at = excluded.updated_at`

const superseded = rowList({ project_id: 'text', id: 'bytea', superseded_at: 'timestamptz' })
const supersedeSql = `
  update challenges c
  set superseded_at = i.superseded_at
  from ${namedChallenges(superseded, superseded.next)}`

const inserted = rowList({
  project_id: 'text',
  id: 'bytea',
  purpose: 'text',
  channel: 'text',
  address: 'text',
  target: 'text',
  record_id: 'text',
  companion: 'text',
  account_id: 'bigint',
  content: 'text',
  locale: 'text',
  key_id: 'text',
  tries_max: 'smallint',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
  spends_token: 'boolean',
  delivery_state: 'text',
  fallbacks: 'json',
  fallback_seconds: 'double precision',
})
const insertSql = `
  insert into challenges (project_id, id, purpose, channel, address, target, record_id, companion, account_id, content,
    locale, key_id, tries, tries_max, created_at, expires_at, spends_token, delivery_state,
    leased_until, fallbacks, fallback_at)
  select project_id, id, purpose, channel, address, target, record_id, companion, account_id, content, locale,
    key_id, 0, tries_max, created_at, expires_at, spends_token, delivery_state,
    case when delivery_state = 'queued' then created_at + make_interval(secs => ${inserted.next}) end, fallbacks,
    created_at + make_interval(secs => fallback_seconds)
  from ${inserted.from}`

const firsts = rowList({
  project_id: 'text',
  key: 'text',
  body_digest: 'text',
  challenge_id: 'bytea',
  created_at: 'timestamptz',
})
const writeFirstSendsSql = `
  insert into idempotency_keys (project_id, key, body_digest, challenge_id, created_at)
  select project_id, key, body_digest, challenge_id, created_at
  from ${firsts.from}
  on conflict (project_id, key)
  do update set body_digest = excluded.body_digest, challenge_id = excluded.challenge_id,
    created_at = excluded.created_at`

/** Sends what a batch of judgements leaves behind, together with the commit. */
export function writeSends(
  tx: BatchTransaction,
  sends: SendRequest[],
  judgements: SendJudgement[],
  since: Date,
): void {
  const accepted = judgements.flatMap((judgement, index) =>
    judgement.ok && judgement.kind === 'new' ? [{ ...judgement, send: sends[index] as SendRequest }] : [],
  )
  if (accepted.length === 0) return

  const addressed = accepted.map(({ challenge, recipient }) =>
    recipientColumns(challenge, recipient, challenge.createdAt),
  )
  tx.write('recipients-write', writeRecipientsSql, recipientRows.values(addressed))

  const replaced = accepted.flatMap(({ challenge, replaces }) =>
    replaces === null
      ? []
      : [{ project_id: challenge.projectId, id: `\\x${replaces}`, superseded_at: challenge.createdAt }],
  )
  if (replaced.length > 0)
    tx.write('sends-supersede', supersedeSql, [...superseded.values(replaced), idFloor(since)])

  const challenges = accepted.map(({ challenge, send }) => challengeInsert(challenge, send))
  tx.write('sends-insert', insertSql, [...inserted.values(challenges), leaseSeconds])

  const keyed = accepted.flatMap(({ challenge, send: { idempotency } }) =>
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
  if (keyed.length > 0) tx.write('sends-first-write', writeFirstSendsSql, firsts.values(keyed))
}

const challengeInsert = (challenge: Challenge, { spendsToken, fallbacks }: SendRequest) => ({
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
  key_id: challenge.keyId,
  tries_max: challenge.triesMax,
  created_at: challenge.createdAt,
  expires_at: challenge.expiresAt,
  spends_token: spendsToken,
  delivery_state: challenge.deliveryState,
  ...(challenge.deliveryState === 'queued' && fallbacks.length > 0
    ? { fallbacks, fallback_seconds: fallbacks[0]?.afterSeconds }
    : {}),
})
