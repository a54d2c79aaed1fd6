import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import type { Carrier } from '../../src/delivery/carrier.ts'
import { createSmtpCarrier } from '../../src/delivery/protocols/smtp.ts'
import { createWebhookCarrier } from '../../src/delivery/protocols/webhook.ts'
import { createDispatcher } from '../../src/delivery/queue/dispatcher.ts'
import { createRoutes } from '../../src/delivery/queue/routes.ts'
import { createProjectTemplates } from '../../src/delivery/texts/project-templates.ts'
import type { Address } from '../../src/domain/address.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { defaultProjectSettings, type ProjectId } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { leaseSeconds } from '../../src/engine/ports/lease.ts'
import { Unstorable } from '../../src/engine/ports/unstorable.ts'
import { createOutbox } from '../../src/storage/stores/outbox.ts'
import { sampleChallenge } from '../harness/sample-challenge.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { createCatchingCarrier } from '../providers/catching-carrier.ts'
import { startSmtpPeer } from '../providers/smtp-peer.ts'
import { startWebhookPeer } from '../providers/webhook-peer.ts'

/** The dispatcher with the real outbox and real peers. */
describe('delivery over PostgreSQL', () => {
  let db: TestDatabase
  const stopping: (() => Promise<void>)[] = []

  beforeAll(async () => {
    db = await createTestDatabase()
    await db.query("insert into quotas (project_id, tokens_granted, tokens_used) values ('shop', 100, 50)")
  })
  afterEach(async () => {
    for (const stop of stopping.splice(0).reverse()) await stop()
    await db.query('delete from challenges')
  })
  afterAll(() => db.drop())

  function startNode(carriers: { sms?: Carrier[]; email?: Carrier[] }) {
    const silent = () => {}
    const routes = createRoutes(carriers)
    const dispatcher = createDispatcher({
      outbox: createOutbox(db.database),
      routes,
      loadTemplates: async () =>
        createProjectTemplates({ name: 'Acme', settings: defaultProjectSettings }, []),
      revealCode: (challenge) => new Secret(challenge.id.slice(-6)),
      log: { debug: silent, info: silent, warn: silent, error: silent },
      pollMilliseconds: 50,
      attemptMilliseconds: 500,
    })
    stopping.push(routes.close, dispatcher.stop)
    dispatcher.start()
    return dispatcher
  }

  async function commit(changes: Partial<Challenge> = {}, { leaseIsOver = false } = {}): Promise<Challenge> {
    const [clock] = await db.query<{ now: Date }>('select clock_now() as now')
    const createdAt = clock?.now ?? new Date()
    const challenge = sampleChallenge({ createdAt, ...changes })
    await db.query(
      `insert into challenges (project_id, id, purpose, channel, address, target, content, locale, key_id,
         tries, tries_max, created_at, expires_at, spends_token, delivery_state, leased_until)
       values ($1, $2, $3, $4, $5, $5, $6, $7, 'test', 0, 5, $8, $9, true, 'queued', $10)`,
      [
        challenge.projectId,
        Buffer.from(challenge.id, 'hex'),
        challenge.purpose,
        challenge.channel,
        challenge.address,
        challenge.content,
        challenge.locale,
        createdAt,
        challenge.expiresAt,
        new Date(createdAt.getTime() + (leaseIsOver ? -1 : leaseSeconds * 1000)),
      ],
    )
    return challenge
  }

  const stateOf = async ({ id }: Challenge) => {
    const [row] = await db.query<{ delivery_state: string }>(
      'select delivery_state from challenges where id = $1',
      [Buffer.from(id, 'hex')],
    )
    return row?.delivery_state
  }
  const messagesOf = ({ id }: Challenge) =>
    db.query<{ attempt: number; carrier: string; outcome: string }>(
      'select attempt, carrier, outcome from messages where challenge_id = $1 order by attempt',
      [Buffer.from(id, 'hex')],
    )
  const tokensUsed = async () => Number((await db.query('select tokens_used from quotas'))[0]?.tokens_used)

  test('a committed code arrives as real mail, and the try is on record', async () => {
    const peer = await startSmtpPeer()
    stopping.push(peer.stop)
    const smtp = createSmtpCarrier({ url: `smtp://127.0.0.1:${peer.port}`, from: 'codes@shop.example' })
    const { dispatch } = startNode({ email: [smtp] })
    const challenge = await commit({ channel: 'email' })

    dispatch(challenge)
    await until(async () => (await stateOf(challenge)) === 'accepted')

    assert.equal(peer.mails[0]?.email.subject, `${challenge.id.slice(-6)} is your Acme code`)
    assert.equal(peer.mails[0]?.email.messageId, `<${challenge.id}@shop.example>`)
    assert.deepEqual(await messagesOf(challenge), [{ attempt: 1, carrier: 'smtp', outcome: 'accepted' }])
  })

  test('a gateway that refuses for now gets the same code again, and both tries are on record', async () => {
    const peer = await startWebhookPeer()
    stopping.push(peer.stop)
    peer.behave('refuse-for-now')
    const { dispatch } = startNode({ sms: [createWebhookCarrier({ channels: ['sms'], url: peer.url })] })
    const challenge = await commit()

    dispatch(challenge)
    await until(() => peer.requests.length === 1)
    peer.behave('accept')
    await until(async () => (await stateOf(challenge)) === 'accepted')

    const codes = peer.requests.map(({ body }) => Object(body).code)
    assert.deepEqual(codes, [challenge.id.slice(-6), challenge.id.slice(-6)])
    assert.deepEqual(
      (await messagesOf(challenge)).map(({ attempt, outcome }) => [attempt, outcome]),
      [
        [1, 'refused'],
        [2, 'accepted'],
      ],
    )
  })

  test('what every carrier refuses for good fails and gives its token back (S5)', async () => {
    const peer = await startWebhookPeer()
    stopping.push(peer.stop)
    peer.behave('refuse-for-good')
    const { dispatch } = startNode({ sms: [createWebhookCarrier({ channels: ['sms'], url: peer.url })] })
    const before = await tokensUsed()
    const challenge = await commit()

    dispatch(challenge)
    await until(async () => (await stateOf(challenge)) === 'failed')

    assert.equal(await tokensUsed(), before - 1)
  })

  test('ids that no database takes hold up no other result, and nothing is sent twice', async () => {
    const peer = await startWebhookPeer()
    stopping.push(peer.stop)
    const ids = ['{"id":"a\\u0000b"}', '{"id":"\\ud800x"}', `{"id":"${'x'.repeat(201)}"}`]
    peer.answer((response) => response.end(ids[peer.requests.length % ids.length]))
    const { dispatch } = startNode({ sms: [createWebhookCarrier({ channels: ['sms'], url: peer.url })] })
    const challenges = await Promise.all(Array.from({ length: 60 }, () => commit()))

    for (const challenge of challenges) dispatch(challenge)
    await until(async () =>
      (await Promise.all(challenges.map(stateOf))).every((state) => state === 'accepted'),
    )

    assert.equal(peer.requests.length, 60)
  })

  test('a result that the database takes no value of is named so, and stored without its words', async () => {
    const challenge = await commit()
    const result = {
      projectId: challenge.projectId,
      challengeId: challenge.id,
      carrier: 'gateway',
      outcome: 'accepted' as const,
      detail: null,
      startedAt: challenge.createdAt,
      finishedAt: challenge.createdAt,
      next: { state: 'accepted' as const },
    }
    const outbox = createOutbox(db.database)

    for (const carrierMessageId of ['a\0b'])
      await assert.rejects(outbox.record([{ ...result, carrierMessageId }]), Unstorable)
    await outbox.record([{ ...result, carrierMessageId: null }])

    assert.equal(await stateOf(challenge), 'accepted')
  })

  test('two nodes take over what a dead one left, each message once', async () => {
    const inboxes = [createCatchingCarrier(), createCatchingCarrier()]
    const orphans = await Promise.all(Array.from({ length: 300 }, () => commit({}, { leaseIsOver: true })))

    for (const inbox of inboxes) startNode({ sms: [inbox] })
    await until(
      async () => (await db.query("select 1 from challenges where delivery_state = 'queued'")).length === 0,
    )

    const delivered = inboxes.flatMap((inbox) => inbox.entries().map(({ id }) => id))
    assert.deepEqual([...delivered].sort(), orphans.map(({ id }) => id).sort())
  })

  test('a code that expired while no node ran is recorded and never sent (I4)', async () => {
    const orphan = await commit()
    await db.moveClock(301_000)
    const inbox = createCatchingCarrier()

    startNode({ sms: [inbox] })
    await until(async () => (await stateOf(orphan)) === 'expired')

    assert.equal(inbox.entries().length, 0)
  })

  test('what is woken is due at once, unless it was claimed meanwhile or has ended', async () => {
    const outbox = createOutbox(db.database)
    const [waiting, claimed, ended] = [await commit(), await commit(), await commit()]
    const retryAt = new Date(Date.now() + 60_000)
    const waitUntil = (challenge: Challenge, state = 'queued') =>
      db.query("update challenges set leased_until = $2, delivery_state = $3 where encode(id, 'hex') = $1", [
        challenge.id,
        retryAt,
        state,
      ])
    await waitUntil(waiting)
    await waitUntil(ended, 'accepted')

    await outbox.wake(
      [waiting, claimed, ended].map(({ projectId, id }) => ({ projectId, challengeId: id, retryAt })),
    )

    const { challenges } = await outbox.claim(10)
    assert.deepEqual(
      challenges.map(({ id }) => id),
      [waiting.id],
    )
  })

  test('K3: what is claimed is of each project in turn, though one has far more and older ones', async () => {
    const outbox = createOutbox(db.database)
    const age = (project: string, seconds: number) =>
      db.query(
        'update challenges set leased_until = clock_now() - make_interval(secs => $2) where project_id = $1',
        [project, seconds],
      )
    for (let count = 0; count < 30; count += 1) await commit({ projectId: 'busy' as ProjectId })
    await age('busy', 60)
    for (let count = 0; count < 2; count += 1) await commit({ projectId: 'quiet' as ProjectId })
    await age('quiet', 1)

    const { challenges } = await outbox.claim(4)
    assert.deepEqual(challenges.map(({ projectId }) => projectId).sort(), ['busy', 'busy', 'quiet', 'quiet'])
    assert.equal((await outbox.claim(100)).challenges.length, 28)
  })

  test('ten mailboxes that the mail server says are full delay nobody else (F1)', async () => {
    const peer = await startSmtpPeer({ hideSTARTTLS: true })
    peer.answerRecipients((to) => (to.startsWith('full') ? { code: 452, text: '4.2.2 Mailbox full' } : null))
    const carrier = createSmtpCarrier({ url: `smtp://127.0.0.1:${peer.port}`, from: 'codes@shop.example' })
    const { dispatch } = startNode({ email: [carrier] })
    for (let count = 0; count < 10; count += 1)
      dispatch(await commit({ channel: 'email', address: `full${count}@example.test` as Address }))
    await until(async () => (await db.query('select 1 from messages')).length >= 10)

    dispatch(await commit({ channel: 'email', address: 'ada@example.test' as Address }))
    const startedAt = Date.now()
    await until(() => peer.mails.length === 1)
    assert.ok(Date.now() - startedAt < 1_000, `${Date.now() - startedAt} ms`)
    await peer.stop()
  })
})
