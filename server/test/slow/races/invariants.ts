import { expect } from 'vitest'
import { singleEvents } from '../../../src/storage/stores/event-rows.ts'
import type { TestDatabase } from '../../harness/test-database.ts'
import { until } from '../../harness/until.ts'
import type { WebhookPeer } from '../../providers/webhook-peer.ts'

/*
 * What must always hold (I1 to I10 of the security requirements), as far as the tables and the gateway show it. Each race
 * checks what only the answers show.
 */

export type Watched = { db: Pick<TestDatabase, 'query'>; gateway?: WebhookPeer }

/** Each question names rows that must not exist. */
const forbidden: Record<string, string> = {
  'I1: a code is used once, while it is live': `
    select id from challenges
    where used_at is not null and (tries = 0 or used_at < created_at or used_at >= expires_at
      or used_at > superseded_at or content <> 'code')`,
  'I1: one live code': `
    select address from challenges
    where superseded_at is null
    group by project_id, address, purpose, record_id
    having count(*) > 1`,
  'I2: no guess beyond the tries of a code, none beyond the run of an address': `
    select id::text from challenges where tries > tries_max
    union all
    select address from recipients where failures_in_row > 10 or cardinality(failures) > 30`,
  'I4: nothing leaves after expiry': `
    select c.id from messages m
    join challenges c on c.project_id = m.project_id and c.id = m.challenge_id
    where m.outcome = 'accepted' and m.started_at >= c.expires_at`,
  'I5: tokens used are the sends that were not given back': `
    select q.project_id, q.tokens_used, q.tokens_granted, count(c.id) as sends
    from quotas q
    left join challenges c on c.project_id = q.project_id and c.spends_token
      and c.delivery_state not in ('failed', 'expired')
    group by q.project_id
    having q.tokens_used <> count(c.id) or q.tokens_used > q.tokens_granted`,
  'the counts by hour are those of the codes': `
    select *
    from (
      select project_id, purpose, date_trunc('hour', created_at, 'UTC') as hour, channel, count(*) as sent,
        count(used_at) as verified
      from challenges
      where content = 'code'
      group by 1, 2, 3, 4
    ) c
    full join (
      select project_id, purpose, hour, channel, coalesce(sum(count) filter (where outcome = 'sent'), 0) as sent,
        coalesce(sum(count) filter (where outcome = 'verified'), 0) as verified
      from code_counts
      group by 1, 2, 3, 4
    ) k using (project_id, purpose, hour, channel)
    where c.sent is distinct from k.sent or c.verified is distinct from k.verified`,
  'I6: no refresh token is younger than the end of its session, and one at most is unspent': `
    select s.id::text from sessions s
    join refresh_tokens t on t.project_id = s.project_id and t.session_id = s.id
    group by s.project_id, s.id
    having max(t.created_at) > max(s.ended_at) or count(*) filter (where t.spent_at is null) > 1`,
  'I6: a disabled account has no session': `
    select s.id::text from sessions s
    join accounts a on a.project_id = s.project_id and a.id = s.account_id
    where s.ended_at is null and not a.is_active`,
  'I7: every row belongs to a row of its own project': `
    select c.id::text from challenges c
    left join projects p on p.id = c.project_id
    where p.id is null
    union all
    select m.challenge_id::text from messages m
    left join challenges c on c.project_id = m.project_id and c.id = m.challenge_id
    where c.id is null
    union all
    select s.id::text from sessions s
    left join accounts a on a.project_id = s.project_id and a.id = s.account_id
    where a.id is null
    union all
    select encode(t.hash, 'hex') from refresh_tokens t
    left join sessions s on s.project_id = t.project_id and s.id = t.session_id
    where s.id is null
    union all
    select p.address from proofs p
    left join challenges c on c.project_id = p.project_id and c.id = p.challenge_id
    where c.used_at is null`,
  'I10: a code is on record once, and so are its guesses, its end and its use': `
    select encode(c.id, 'hex') as id, c.tries, c.used_at, e.*
    from challenges c
    left join (
      select project_id, challenge_id,
        count(*) filter (where type = 'challenge.created') as created,
        count(*) filter (where type = 'challenge.verified') as verified,
        count(*) filter (where type = 'challenge.attempt-failed' and details ->> 'refusal' = 'mismatch') as missed,
        count(*) filter (where type = 'challenge.locked') as locked
      from ${singleEvents()} s
      group by 1, 2
    ) e on e.project_id = c.project_id and e.challenge_id = c.id
    where e.created is distinct from 1
      or e.verified <> (c.used_at is not null)::int
      or e.verified + e.missed <> c.tries
      or e.locked <> (c.tries = c.tries_max and c.used_at is null)::int`,
  'L1: an id is of one event': `
    select project_id, id
    from ${singleEvents()} s
    group by project_id, id
    having count(*) > 1`,
  'I10: a session is on record once, and so are each of its refreshes and its end': `
    select s.id::text, s.ended_at, e.*, t.spent
    from sessions s
    left join (
      select project_id, account_id, details ->> 'sessionId' as session_id,
        count(*) filter (where type = 'session.opened') as opened,
        count(*) filter (where type = 'session.refreshed') as refreshed,
        count(*) filter (where type = 'session.ended' or type = 'session.reused') as ended
      from ${singleEvents()} s
      group by 1, 2, 3
    ) e on e.project_id = s.project_id and e.account_id = s.account_id and e.session_id = s.id::text
    left join (
      select project_id, session_id, count(*) filter (where spent_at is not null) as spent
      from refresh_tokens
      group by 1, 2
    ) t on t.project_id = s.project_id and t.session_id = s.id
    where e.opened is distinct from 1 or e.refreshed is distinct from t.spent
      or e.ended <> (s.ended_at is not null)::int`,
  'I10: an account, a project and a key are on record once': `
    select a.id::text
    from accounts a
    left join ${singleEvents()} e on e.project_id = a.project_id and e.account_id = a.id
      and e.type in ('account.created', 'account.imported')
    group by a.project_id, a.id
    having count(e.id) <> 1
    union all
    select p.id
    from projects p
    left join ${singleEvents()} e on e.project_id = p.id and e.type = 'project.created'
    -- The project of the server itself comes with the schema: nobody has created it.
    where p.id <> 'server'
    group by p.id
    having count(e.id) <> 1
    union all
    select k.id
    from api_keys k
    left join ${singleEvents()} e on e.project_id = k.workspace_id and e.details ->> 'keyId' = k.id
    group by k.id, k.revoked_at
    having count(*) filter (where e.type = 'key.created') <> 1
      or count(*) filter (where e.type = 'key.revoked') <> (k.revoked_at is not null)::int`,
}

/** What must hold, by name. */
export const invariants = Object.keys(forbidden)

/** The rows that break one of them. */
export const rowsThatBreak = (name: string, { db }: Watched): Promise<unknown[]> =>
  db.query(forbidden[name] ?? '')

/** Fails with the rows that break an invariant. */
export async function expectInvariants({ db, gateway }: Watched): Promise<void> {
  const broken: Record<string, unknown[]> = {}
  for (const name of invariants) {
    const rows = await rowsThatBreak(name, { db })
    if (rows.length > 0) broken[name] = rows
  }
  expect(broken).toEqual({})

  const codes = new Map<string, Set<string>>()
  for (const { body } of gateway?.requests ?? []) {
    const { id, code } = body as { id: string; code: string }
    codes.set(id, (codes.get(id) ?? new Set()).add(code))
  }
  const several = [...codes].filter(([, distinct]) => distinct.size > 1).map(([id]) => id)
  expect(several, 'I4: duplicates carry the same code').toEqual([])
}

/** I3: every accepted send ends as delivered, expired or failed. */
export const untilDelivered = ({ db }: Watched, milliseconds = 10_000): Promise<void> =>
  until(async () => {
    const [row] = await db.query<{ count: string }>(
      "select count(*) from challenges where delivery_state = 'queued'",
    )
    return row?.count === '0'
  }, milliseconds)
