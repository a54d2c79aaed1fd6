import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { carrierKindsWith } from '../../src/composition/carrier-kinds.ts'
import type { Carrier, CarrierAnswer } from '../../src/delivery/carrier.ts'
import type { CarrierKind } from '../../src/delivery/kinds/carrier-kind.ts'
import { carrierKinds } from '../../src/delivery/kinds/index.ts'
import { renderCarriers } from '../../src/delivery/kinds/render-carriers.ts'
import { Secret } from '../../src/domain/secret.ts'
import { carrierContract, sampleMessage } from '../contracts/carrier-contract.ts'
import { allPurposes } from '../harness/purposes.ts'
import type { HttpNotes, RunningStandIn, StandIn } from '../providers/stand-ins/stand-in.ts'

const never = new AbortController().signal
setMaxListeners(0, never)

const pathOf = (kind: string): URL => new URL(`../providers/stand-ins/${kind}.ts`, import.meta.url)
const standIns = new Map<string, StandIn>()
for (const { kind } of carrierKinds) {
  if (existsSync(pathOf(kind))) standIns.set(kind, (await import(pathOf(kind).href)).standIn)
}

/** The reports of a carrier. */
type Report = { carrier: string; detail: string }

const create = (kind: CarrierKind, settings: Record<string, unknown>, reports: Report[] = []): Carrier =>
  kind.create(settings, {
    name: `my-${kind.kind}`,
    log: { error: (report) => reports.push(report as Report) },
  })

test('every kind has a stand-in that speaks its protocol', () => {
  const without = carrierKinds.map(({ kind }) => kind).filter((kind) => !standIns.has(kind))
  assert.deepEqual(without, [])
})

test('docs/carriers.md is what the kinds render', () => {
  assert.equal(
    readFileSync(new URL('../../../docs/carriers.md', import.meta.url), 'utf8'),
    renderCarriers(carrierKindsWith(), allPurposes),
  )
})

for (const kind of carrierKinds) {
  const standIn = standIns.get(kind.kind)
  if (standIn === undefined) continue
  const { canRefuse = true, sendsText = true, http } = standIn

  if (!canRefuse) {
    test(`${kind.kind} takes everything under the name that it was given`, async () => {
      const carrier = create(kind, (await standIn.start()).settings)
      assert.equal(carrier.name, `my-${kind.kind}`)
      assert.equal((await carrier.deliver(sampleMessage('sms'), never)).kind, 'accepted')
    })
    continue
  }
  carrierContract(
    kind.kind,
    async () => {
      const running = await standIn.start()
      const { behave, received, stop } = running
      const carrier = create(kind, running.settings)
      return {
        carrier,
        behave,
        received,
        async stop() {
          await stop()
          assert.deepEqual(running.problems(), [])
        },
      }
    },
    { sendsText },
  )
  if (http !== null) describeHttp(kind, standIn, http)
}

/** What is the same for every provider over HTTP: documented and undocumented answers. */
function describeHttp(kind: CarrierKind, standIn: StandIn, notes: HttpNotes): void {
  describe(`${kind.kind}`, () => {
    const [channel = 'sms'] = kind.channels
    const message = sampleMessage(channel)
    const reports: Report[] = []
    let running: RunningStandIn
    let carrier: Carrier

    beforeEach(async () => {
      reports.length = 0
      running = await standIn.start()
      carrier = create(kind, running.settings, reports)
    })
    afterEach(async () => {
      await carrier.close?.()
      await running.stop()
      assert.deepEqual(running.problems(), [])
    })

    test('has its name and channels, and tells the id by which the provider speaks of the message', async () => {
      assert.equal(carrier.name, `my-${kind.kind}`)
      assert.deepEqual(carrier.channels, kind.channels)
      assert.deepEqual(await carrier.deliver(message, never), {
        kind: 'accepted',
        carrierMessageId: notes.acceptedId,
      })
    })

    test('documents a refused address, a throttle and what it knows of people who left', () => {
      const names = notes.errors.map(({ name }) => name).join()
      assert.match(names, /refused (number|address)/)
      assert.match(names, /throttled/)
      if (channel === 'whatsapp') assert.match(names, /unsubscribed/)
    })

    test.for(notes.errors.map((error) => [error.name, error] as const))(
      'a documented error: %s',
      async ([, { reply, meaning, retryAfterSeconds = null }]) => {
        running.answer(reply)

        const answer = await carrier.deliver(message, never)

        assert.deepEqual(meaningOf(answer, reports), meaning, JSON.stringify(answer))
        if (answer.kind === 'refused') assert.equal(answer.retryAfterSeconds, retryAfterSeconds)
        assertClean(answer, reports)
      },
    )

    test('bad credentials are a refusal for now that somebody is told of, once in a while', async () => {
      const { wrongSettings } = running
      assert.ok(wrongSettings !== null)
      const locked = create(kind, wrongSettings, reports)

      const answers = [await locked.deliver(message, never), await locked.deliver(message, never)]
      await locked.close?.()

      for (const answer of answers) assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
      assert.equal(reports.length, 1)
      assert.equal(reports[0]?.carrier, `my-${kind.kind}`)
      assert.equal((await running.received()).length, 0)
      for (const answer of answers) assertClean(answer, reports)
    })

    test('a page of a broken gateway is a refusal for now', async () => {
      const headers = { 'content-type': 'text/html', 'retry-after': '4' }
      running.answer({
        status: 502,
        headers,
        body: `<html><h1>502 Bad Gateway</h1>${message.to} 012345</html>`,
      })

      const answer = await carrier.deliver(message, never)

      assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
      assert.equal(answer.retryAfterSeconds, 4)
      assertClean(answer, reports)
    })

    test('a success that nobody documents is not believed: who knows what became of the message', async () => {
      const bodies = ['', '{"sid":', 'null', '[]', '7', '"yes"', '<html>Welcome</html>', '{"ok":true}']
      for (const status of new Set([notes.acceptedStatus, 200, 202, 204])) {
        for (const body of [...bodies, '{"messages":7,"sid":{},"id":[]}', '['.repeat(500_000)]) {
          running.answer({ status, body: status === 204 ? '' : body })
          const isEnough = notes.acceptsWithoutBody && status === notes.acceptedStatus && body === ''
          const answer = await carrier.deliver(message, never)
          assert.equal(answer.kind, isEnough ? 'accepted' : 'unknown', `${status} ${body.slice(0, 40)}`)
        }
      }
    })

    test('an error is never taken for a success, whatever its status says', async () => {
      for (const { name, reply } of notes.errors) {
        running.answer({ ...reply, status: notes.acceptedStatus })
        const answer = await carrier.deliver(message, never)
        const isSilent = reply.body === ''
        assert.ok(isSilent || answer.kind !== 'accepted', name)
      }
    })

    test.for([
      ['', 400],
      ['{"code":', 400],
      ['{"code":{},"error":7,"errors":"x","message":[],"requestError":null}', 400],
      ['<html>', 404],
      ['null', 429],
      ['[1]', 503],
    ] as const)('a refusal that says %j with %i is one, and breaks nothing', async ([body, status]) => {
      running.answer({ status, body })
      const answer = await carrier.deliver(message, never)
      assert.equal(answer.kind, 'refused')
    })

    test('what a broken page repeats of the request is neither kept nor logged, not even half of it (C2)', async () => {
      const secrets = Object.values(running.settings).flatMap((value) =>
        value instanceof Secret ? [value.reveal()] : [],
      )
      const echo = `${message.to} 012345 ${secrets.join(' ')} ${encodeURIComponent(message.to)} 012345`
      for (const before of [0, 270, 285, 290, 470, 485, 490]) {
        for (const status of [200, 400, 401, 502]) {
          running.answer({ status, body: `${'x'.repeat(before)} ${echo}` })
          const kept = JSON.stringify([await carrier.deliver(message, never), reports])
          assert.doesNotMatch(kept, /012|225070|ada@ex/, `${status} after ${before}`)
          for (const secret of secrets) assert.ok(!kept.includes(secret.slice(0, 12)), kept)
        }
      }
    })

    test('a redirect is not followed (H4)', async () => {
      running.answer({ status: 307, headers: { location: '/elsewhere' }, body: '' })
      const before = running.requests()
      const answer = await carrier.deliver(message, never)
      assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
      assert.ok(running.requests() - before <= 2, 'at most a login and the message')
    })

    test('a notice has no code to send', async () => {
      const answer = await carrier.deliver(
        { ...message, code: null, text: 'Your password was reset.' },
        never,
      )
      if (standIn.sendsText ?? true) assert.equal(answer.kind, 'accepted')
      else assert.ok(answer.kind === 'refused' && answer.reason === 'for-good')
    })

    test('other letters and a long text arrive whole', async () => {
      if (standIn.sendsText === false) return
      const text = `رمزك 012345 — ${'नमस्ते '.repeat(60)}😀`
      // A call reads digits one by one, so only the other words are compared.
      await carrier.deliver({ ...message, text }, never)
      assert.equal((await running.received())[0]?.text.trim(), text.trim())
    })
  })
}

function meaningOf(answer: CarrierAnswer, reports: Report[]): string {
  if (answer.kind !== 'refused') return answer.kind
  // Somebody is told of what is about the account, and of nothing else.
  if (reports.length > 0) return 'account'
  return answer.reason === 'account' ? 'account, of which nobody is told' : answer.reason
}

/** C2: neither the code nor the address appears in records or logs. */
function assertClean(answer: CarrierAnswer, reports: Report[]): void {
  const kept = JSON.stringify([answer, reports])
  assert.ok(!/012345|2250701020304|ada@example\.test/.test(kept), kept)
}
