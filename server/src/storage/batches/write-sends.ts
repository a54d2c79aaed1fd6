import type { Challenge } from '../../domain/challenge.ts'
import type { SendJudgement, SendRequest, SendRules } from '../../domain/judge-send.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction } from '../postgres/sql.ts'
import {
  alikeChallengeRows,
  idFloor,
  namedChallenges,
  newChallengeRows,
  sharedOfChallenges,
  writeAllNamed,
} from './challenge-rows.ts'

const superseded = rowList({ project_id: 'text', id: 'bytea', superseded_at: 'timestamptz' })
const supersedeSql = writeAllNamed(`
  update challenges c
  set superseded_at = i.superseded_at
  from ${namedChallenges(superseded, superseded.after(1))}`)

const repeatedRows = rowList({ project_id: 'text', id: 'bytea' })
const repeatSql = writeAllNamed(`
  update challenges c
  set repeats = least(c.repeats + 1, 1000)
  from ${namedChallenges(repeatedRows, repeatedRows.after(1))}`)

const insertSql = `
  insert into challenges (${newChallengeRows.columns}, leased_until)
  select ${newChallengeRows.columns},
    case when delivery_state = 'queued' then created_at + make_interval(secs => ${newChallengeRows.after(1)}) end
  from ${newChallengeRows.from}`

/** A batch whose challenges share these columns sends each once: 9 lists and 13 values instead of 22 lists. */
const insertAlikeSql = `
  insert into challenges (${alikeChallengeRows.columns}, ${sharedOfChallenges.map(({ name }) => name).join(', ')}, leased_until)
  select ${alikeChallengeRows.columns}, shared.*,
    case when delivery_state = 'queued' then created_at + make_interval(secs => ${alikeChallengeRows.after(sharedOfChallenges.length + 1)}) end
  from ${alikeChallengeRows.from}
  cross join (
    select ${sharedOfChallenges.map(({ name, type }, index) => `${alikeChallengeRows.after(index + 1)}::${type} as ${name}`).join(', ')}
  ) shared`

const firsts = rowList({
  project_id: 'text',
  key: 'text',
  body_digest: 'text',
  challenge_id: 'bytea',
  created_at: 'timestamptz',
})
const writeFirstSendsSql = `
  insert into idempotency_keys (${firsts.columns})
  select ${firsts.columns}
  from ${firsts.from}
  on conflict (project_id, key)
  do update set body_digest = excluded.body_digest, challenge_id = excluded.challenge_id,
    created_at = excluded.created_at`

/** Sends the changes of a batch of judgements, together with the commit. */
export function writeSends(
  tx: BatchTransaction,
  sends: SendRequest[],
  judgements: SendJudgement[],
  since: Date,
): void {
  const accepted = judgements.flatMap((judgement, index) =>
    judgement.ok && judgement.kind === 'new' ? [{ ...judgement, send: sends[index] as SendRequest }] : [],
  )
  const repeated = judgements.flatMap((judgement) =>
    judgement.ok && judgement.kind === 'repeat'
      ? [{ project_id: judgement.challenge.projectId, id: `\\x${judgement.challenge.id}` }]
      : [],
  )
  if (repeated.length > 0)
    tx.write('sends-repeat', repeatSql, [...repeatedRows.values(repeated), idFloor(since)])
  if (accepted.length === 0) return

  const replaced = accepted.flatMap(({ challenge, replaces }) =>
    replaces === null
      ? []
      : [{ project_id: challenge.projectId, id: `\\x${replaces}`, superseded_at: challenge.createdAt }],
  )
  if (replaced.length > 0)
    tx.write('sends-supersede', supersedeSql, [...superseded.values(replaced), idFloor(since)])

  const challenges = accepted.map(({ challenge, send }) => rowOfChallenge(challenge, send))
  const [first, ...others] = challenges
  if (first !== undefined && others.every((row) => isAlike(row, first))) {
    const shared = sharedOfChallenges.map(({ name }) => first[name])
    tx.write('sends-insert-alike', insertAlikeSql, [
      ...alikeChallengeRows.values(challenges),
      ...shared,
      leaseSeconds,
    ])
  } else tx.write('sends-insert', insertSql, [...newChallengeRows.values(challenges), leaseSeconds])

  const keyed = accepted.flatMap(
    ({
      challenge,
      send: {
        rules: { idempotency },
      },
    }) =>
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

type NewChallengeRow = ReturnType<typeof rowOfChallenge>

const isAlike = (one: NewChallengeRow, other: NewChallengeRow): boolean =>
  sharedOfChallenges.every(({ name }) => {
    const [value, otherValue] = [one[name], other[name]]
    return value === otherValue || (value instanceof Date && value.getTime() === Number(otherValue))
  })

const rowOfChallenge = (
  challenge: Challenge,
  { rules: { caller, spendsToken, fallbacks } }: SendRequest,
) => ({
  project_id: challenge.projectId,
  id: `\\x${challenge.id}`,
  purpose: challenge.purpose,
  channel: challenge.channel,
  address: challenge.address,
  target: challenge.target,
  record_id: challenge.recordId,
  companion: challenge.secondAddress,
  account_id: challenge.accountId,
  content: challenge.content,
  locale: challenge.locale,
  key_id: challenge.keyId,
  digits: challenge.digits,
  tries: challenge.attempts,
  tries_max: challenge.attemptsMax,
  created_at: challenge.createdAt,
  expires_at: challenge.expiresAt,
  delivery_state: challenge.deliveryState,
  caller: caller?.network ?? null,
  spends_token: spendsToken,
  ...(challenge.deliveryState === 'queued' ? fallbackColumns(challenge, fallbacks) : {}),
})

const fallbackColumns = ({ createdAt }: Challenge, fallbacks: SendRules['fallbacks']) => {
  const [first] = fallbacks
  return first === undefined
    ? {}
    : { fallbacks, fallback_at: new Date(createdAt.getTime() + first.afterSeconds * 1000) }
}
