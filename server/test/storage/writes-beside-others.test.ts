import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Challenge } from '../../src/domain/challenge.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { createOutbox } from '../../src/storage/stores/outbox.ts'
import { createPersonStore } from '../../src/storage/stores/people.ts'
import { createReceiptStore } from '../../src/storage/stores/receipts.ts'
import { createWebhookOutbox } from '../../src/storage/stores/webhook-outbox.ts'
import { createDeliveryWorld } from '../harness/delivery-world.ts'
import { until } from '../harness/until.ts'

/*
 * Writes to the partitioned tables that meet somebody who has just written the same row, on a server that has run for days:
 * PostgreSQL evaluates such a write again for the new version of the row, and must not lose it (batches.md).
 */

let world: Awaited<ReturnType<typeof createDeliveryWorld>>
beforeAll(async () => {
  world = await createDeliveryWorld()
  // Partitions of days before are passed over only once there are some.
  await world.db.moveClock(3 * 86_400_000)
})
afterAll(() => world?.stop())

/** Runs `work` while another connection has written a row, and lets that commit once `work` waits for it. */
async function beside<Result>(
  [sql, values]: [string, unknown[]],
  work: () => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: world.db.connectionString })
  await client.connect()
  try {
    await client.query('begin')
    const { rowCount } = await client.query(sql, values)
    expect(rowCount).toBe(1)
    const done = work()
    await until(() => world.db.isBlocked())
    await client.query('commit')
    return await done
  } finally {
    await client.end()
  }
}

async function commit(): Promise<Challenge> {
  const [challenge] = await world.commit(1)
  if (challenge === undefined) throw new Error('nothing was committed')
  return challenge
}
const bytes = ({ id }: Challenge) => `\\x${id}`
const touchChallenge = (challenge: Challenge): [string, unknown[]] => [
  'update challenges set tries = tries + 1 where id = $1',
  [bytes(challenge)],
]
const stateOf = async (challenge: Challenge) =>
  (
    await world.db.query(
      `select c.delivery_state, c.tries, m.outcome, m.receipt_state
      from challenges c left join messages m on m.project_id = c.project_id and m.challenge_id = c.id
      where c.id = $1`,
      [bytes(challenge)],
    )
  )[0]

const recordAccepted = (challenge: Challenge) =>
  createOutbox(world.db.database).record([
    {
      projectId: challenge.projectId,
      challengeId: challenge.id,
      carrier: 'gateway',
      outcome: 'accepted',
      detail: null,
      carrierMessageId: `sent-${challenge.id}`,
      startedAt: challenge.createdAt,
      finishedAt: challenge.createdAt,
      next: { state: 'accepted' },
    },
  ])
const report = (challenge: Challenge, state: 'delivered' | 'undelivered') =>
  createReceiptStore(world.db.database).apply([
    { carrier: 'gateway', carrierMessageId: `sent-${challenge.id}`, state, detail: null },
  ])

test('the result of a delivery that meets a wrong code is stored', async () => {
  const challenge = await commit()
  await beside(touchChallenge(challenge), () => recordAccepted(challenge))
  expect(await stateOf(challenge)).toMatchObject({
    delivery_state: 'accepted',
    tries: 1,
    outcome: 'accepted',
  })
})

test('a report that meets another on the same message moves it', async () => {
  const challenge = await commit()
  await recordAccepted(challenge)
  const sent = "update messages set receipt_state = 'sent' where challenge_id = $1"
  await beside([sent, [bytes(challenge)]], () => report(challenge, 'delivered'))
  expect(await stateOf(challenge)).toMatchObject({ receipt_state: 'delivered' })
})

test('S5: a lost message that meets a wrong code gives its token back', async () => {
  const challenge = await commit()
  await recordAccepted(challenge)
  await world.db.query("update quotas set tokens_used = 5 where project_id = 'shop'")
  await beside(touchChallenge(challenge), () => report(challenge, 'undelivered'))
  expect(await stateOf(challenge)).toMatchObject({ receipt_state: 'undelivered' })
  expect(
    await world.db.query("select tokens_used::int as used from quotas where project_id = 'shop'"),
  ).toEqual([{ used: 4 }])
})

test('a person who is erased while a code of his is tried leaves no address', async () => {
  const challenge = await commit()
  const people = createPersonStore(world.db.database)
  await beside(touchChallenge(challenge), () => people.erase(challenge.projectId, challenge.address))
  const rest = await world.db.query('select 1 from challenges where address = $1', [challenge.address])
  expect(rest).toEqual([])
})

test('the result of a webhook that meets another write to its delivery is stored', async () => {
  const eventId = `\\x${(await commit()).id}`
  await world.db.query(
    "insert into webhook_deliveries (project_id, event_id, endpoint_id, tries, next_at) values ('shop', $1, 'hook', 1, clock_now())",
    [eventId],
  )
  const attempt = { attempts: 1, state: 'delivered', retrySeconds: null, status: 200, detail: null } as const
  const lease = "update webhook_deliveries set next_at = next_at + interval '1 minute' where event_id = $1"
  await beside([lease, [eventId]], () =>
    createWebhookOutbox(world.db.database).record(
      { projectId: 'shop' as ProjectId, webhookId: 'hook' },
      [{ eventId: eventId.slice(2), ...attempt }],
      { isGone: false },
    ),
  )
  const [delivery] = await world.db.query('select state from webhook_deliveries where event_id = $1', [
    eventId,
  ])
  expect(delivery).toEqual({ state: 'delivered' })
})
