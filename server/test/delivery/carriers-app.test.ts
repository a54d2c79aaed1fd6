import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/domain/secret.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import type { RunningStandIn } from '../providers/stand-ins/stand-in.ts'
import { standIn as twilioStandIn } from '../providers/stand-ins/twilio-sms.ts'
import { standIn as vonageStandIn } from '../providers/stand-ins/vonage-sms.ts'

/** Carriers from the file in a whole server: from a request to the provider. */

const folder = mkdtempSync(join(tmpdir(), 'watchword-carriers-app-'))
const logLines: string[] = []
let vonage: RunningStandIn
let twilio: RunningStandIn
let app: TestApp

/** Settings as operators write them. */
const written = (settings: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]),
  )

beforeAll(async () => {
  vonage = await vonageStandIn.start()
  twilio = await twilioStandIn.start()
  const file = join(folder, 'watchword.yaml')
  const carriers = {
    first: { kind: 'vonage-sms', ...written(vonage.settings) },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the file, not of this language.
    second: { kind: 'twilio-sms', ...written(twilio.settings), authToken: '${TWILIO_TOKEN}' },
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ carriers, routes: { sms: ['first', 'second'] } }))
  const token = String(written(twilio.settings).authToken)
  app = await startTestApp({ env: { WATCHWORD_CONFIG: file, TWILIO_TOKEN: token }, logLines })
})
afterAll(async () => {
  await app.stop()
  await vonage.stop()
  await twilio.stop()
  rmSync(folder, { recursive: true })
})

const send = (mobile: string) =>
  app.post('/api/auth/otp/send', { mobile, countryCode: '+91', type: 'verification' })

test('a code goes out by the first carrier, and by the second when the first refuses in a 200', async () => {
  await send('9175113021')
  await until(async () => (await vonage.received()).length === 1)
  const [first] = await vonage.received()
  expect(first?.text).toContain(await app.inbox.lastCode(first?.recipients[0]))
  expect(await twilio.received()).toEqual([])

  vonage.behave('refuse-for-now')
  await send('9175113022')
  await until(async () => (await twilio.received()).length === 1)
  const [second] = await twilio.received()
  expect(second?.text).toContain(await app.inbox.lastCode(second?.recipients[0]))
  expect([...vonage.problems(), ...twilio.problems()]).toEqual([])
})

test('who refuses us is reported, without code, address or secret (C2)', async () => {
  vonage.answer({
    status: 200,
    body: JSON.stringify({ messages: [{ status: '9', 'error-text': 'Quota exceeded' }] }),
  })
  await send('9175113023')
  await until(async () => logLines.some((line) => line.includes('carrier.account-refused')))

  const line = logLines.find((line) => line.includes('carrier.account-refused')) ?? ''
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    carrier: 'first',
    detail: 'Vonage 9 Quota exceeded',
  })
  expect(logLines.join('\n')).not.toMatch(/s3cret-of-vonage|token-of-twilio|9175113023/)
})
