import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServiceCaller } from '../api/service/service-caller.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { sleep, until } from '../harness/until.ts'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'

/** WhatsApp, after 30 s SMS, after 60 s a call, through the service dialect, with a gateway for each channel. */
describe('a code that nobody verifies', () => {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-fallback-'))
  let peers: Record<'whatsapp' | 'sms' | 'voice', WebhookPeer>
  let app: TestApp
  let caller: Awaited<ReturnType<typeof createServiceCaller>>
  let lastNumber = 10_000_000

  beforeAll(async () => {
    const [whatsapp, sms, voice] = await Promise.all([
      startWebhookPeer(),
      startWebhookPeer(),
      startWebhookPeer(),
    ])
    peers = { whatsapp, sms, voice }
    const carriers = Object.entries(peers).map(
      ([name, { url }]) => `  to-${name}: {kind: webhook, url: "${url}"}`,
    )
    const routes = Object.keys(peers).map((name) => `  ${name}: [to-${name}]`)
    const file = join(directory, 'watchword.yaml')
    writeFileSync(file, ['carriers:', ...carriers, 'routes:', ...routes, ''].join('\n'))
    app = await startTestApp({ env: { WATCHWORD_CONFIG: file } })
    const fallbacks = {
      whatsapp: [
        { channel: 'sms' as const, afterSeconds: 30 },
        { channel: 'voice' as const, afterSeconds: 60 },
      ],
    }
    caller = await createServiceCaller(app, { settings: { fallbacks, codeSeconds: 100, region: 'CI' } })
  })
  afterAll(async () => {
    await app.stop()
    await Promise.all(Object.values(peers).map((peer) => peer.stop()))
    rmSync(directory, { recursive: true, force: true })
  })

  const newNumber = () => {
    lastNumber += 1
    return `+22507${lastNumber}`
  }
  const sendTo = async (target: string) => {
    const { status, body } = await caller.send({ target, channel: 'whatsapp' })
    expect([status, body]).toEqual([201, expect.anything()])
  }
  const codesTo = (channel: keyof typeof peers, target: string): string[] =>
    peers[channel].accepted
      .filter(({ body }) => Object(body).to === target)
      .map(({ body }) => Object(body).code)
  /** Longer than a poll, so that every due message has been claimed. */
  const settle = () => sleep(2_500)

  test('goes on by SMS and then by voice, the same code each time, and each try is on record', async () => {
    const target = newNumber()
    await sendTo(target)
    await until(() => codesTo('whatsapp', target).length === 1)
    await settle()
    expect(codesTo('sms', target)).toEqual([])

    await app.moveClock(31_000)
    await until(() => codesTo('sms', target).length === 1)
    expect(codesTo('voice', target)).toEqual([])
    await app.moveClock(30_000)
    await until(() => codesTo('voice', target).length === 1)
    await settle()

    const [code] = codesTo('whatsapp', target)
    expect([codesTo('sms', target), codesTo('voice', target)]).toEqual([[code], [code]])
    const messages = await app.db.query(
      `select m.channel, m.country, m.carrier, m.outcome from messages m
       join challenges c on c.project_id = m.project_id and c.id = m.challenge_id
       where c.address = $1 order by m.attempt`,
      [target],
    )
    expect(messages).toEqual(
      ['whatsapp', 'sms', 'voice'].map((channel) => ({
        channel,
        country: 'CI',
        carrier: `to-${channel}`,
        outcome: 'accepted',
      })),
    )
    const rows = await app.db.query(
      'select channel, delivery_state, fallback_at, leased_until from challenges where address = $1',
      [target],
    )
    expect(rows).toEqual([
      { channel: 'whatsapp', delivery_state: 'accepted', fallback_at: null, leased_until: null },
    ])
    expect((await caller.verify({ target, code })).body.valid).toBe(true)
  })

  test('stays where it is once it was verified, superseded, or has expired', async () => {
    const [verified, superseded, expired] = [newNumber(), newNumber(), newNumber()]
    for (const target of [verified, superseded, expired]) await sendTo(target)
    await until(() => codesTo('whatsapp', expired).length + codesTo('whatsapp', superseded).length === 2)
    await until(() => codesTo('whatsapp', verified).length === 1)
    const [code] = codesTo('whatsapp', verified)
    expect((await caller.verify({ target: verified, code })).body.valid).toBe(true)
    await app.db.query(
      'update challenges set expires_at = created_at + interval $$20 s$$ where address = $1',
      [expired],
    )
    await app.moveClock(25_000)
    await sendTo(superseded)
    await until(() => codesTo('whatsapp', superseded).length === 2)

    await app.moveClock(10_000)
    await settle()
    expect([verified, superseded, expired].flatMap((target) => codesTo('sms', target))).toEqual([])

    // The newer code has a plan of its own.
    await app.moveClock(25_000)
    await until(() => codesTo('sms', superseded).length === 1)
    expect(codesTo('sms', superseded)).toEqual([codesTo('whatsapp', superseded)[1]])
  })

  test('does not wait where every carrier of its channel refuses it for good', async () => {
    peers.whatsapp.behave('refuse-for-good')
    const target = newNumber()
    await sendTo(target)
    await until(() => codesTo('sms', target).length === 1)
    peers.whatsapp.behave('accept')

    const stateOf = async () => {
      const [row] = await app.db.query('select delivery_state from challenges where address = $1', [target])
      return row?.delivery_state
    }
    await until(async () => (await stateOf()) === 'accepted')
  })

  test('goes on by voice where it began with SMS', async () => {
    const fallbacks = { sms: [{ channel: 'voice' as const, afterSeconds: 30 }] }
    await app.changeProject(app.projects.mobile, { settings: { fallbacks } })
    const sent = await app.post('/api/auth/otp/send', { mobile: '9876500001', type: 'signup' })
    expect(sent.status).toBe(200)
    const target = '+919876500001'
    await until(() => codesTo('sms', target).length === 1)
    expect(codesTo('voice', target)).toEqual([])
    await app.moveClock(31_000)
    await until(() => codesTo('voice', target).length === 1)
    expect(codesTo('voice', target)).toEqual(codesTo('sms', target))
  })

  test('goes on once where two nodes could take the step', async () => {
    const target = newNumber()
    await sendTo(target)
    await until(() => codesTo('whatsapp', target).length === 1)
    const second = await app.startSecondNode()
    try {
      await app.moveClock(31_000)
      await until(() => codesTo('sms', target).length === 1)
      await settle()
      expect(codesTo('sms', target)).toHaveLength(1)
    } finally {
      await second.stop()
    }
  })
})
