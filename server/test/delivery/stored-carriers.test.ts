import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/domain/secret.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import type { RunningStandIn } from '../providers/stand-ins/stand-in.ts'
import { standIn } from '../providers/stand-ins/twilio-sms.ts'

const publicUrl = 'https://codes.example.test'
const password = 'hidden-from-everyone-9x7z'
const folder = mkdtempSync(join(tmpdir(), 'watchword-stored-'))
const logLines: string[] = []
const env = { PUBLIC_URL: publicUrl, WATCHWORD_CONFIG: join(folder, 'watchword.yaml') }
let app: TestApp
let second: TestApp
let twilio: RunningStandIn
beforeAll(async () => {
  writeFileSync(
    env.WATCHWORD_CONFIG,
    'carriers:\n  fixed:\n    kind: webhook\n    url: https://gateway.example.test/\nroutes:\n  voice: [fixed]\n  email: [inbox]\n  sms: [inbox]\n',
  )
  twilio = await standIn.start()
  app = await startTestApp({ env, logLines })
  second = await startTestApp({ env, logLines, beside: app })
})
afterAll(async () => {
  await second.stop()
  await app.stop()
  await twilio.stop()
  rmSync(folder, { recursive: true })
})

const bearer = () => ({ authorization: `Bearer ${app.adminToken}` })
const ask = (method: string, path: string, body?: unknown, node = app) =>
  node.request(method, `/admin/v1/carriers${path}`, {
    headers: bearer(),
    ...(body === undefined ? {} : { body }),
  })
const gateway = (url: string) => ({ kind: 'webhook', settings: { url } })
/** Settings as operators write them. */
const plainSettings = (): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(twilio.settings).map(([key, value]) => [
      key,
      value instanceof Secret ? value.reveal() : String(value),
    ]),
  ),
  accountToken: 'twilio-account-token-of-tests',
})
const secretUrl = `https://gateway.example.test/send?key=${password}`

/** The whole content of the database as text, including bytes. */
async function dump(): Promise<string> {
  const tables = await app.db.query<{ name: string }>(
    "select format('%I', relname) as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
  )
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await app.db.query<Record<string, unknown>>(`select * from ${name}`)
      return rows
        .map((row) =>
          Object.values(row)
            .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)))
            .join(' '),
        )
        .join('\n')
    }),
  )
  return texts.join('\n')
}

test('settings are sealed, and their secrets are in no dump, no answer and no log (C2)', async () => {
  const set = await ask('PUT', '/own', gateway(secretUrl))
  expect(set.status).toBe(200)
  expect(set.body).toMatchObject({ name: 'own', source: 'stored', settings: { url: '…9x7z' }, fault: null })
  expect(set.body.receiptUrl).toMatch(/^https:\/\/codes\.example\.test\/receipts\/own\/[0-9a-f]{40}$/)

  const answers = await Promise.all([
    ask('GET', ''),
    ask('GET', '/own'),
    ask('GET', '/own', undefined, second),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  const everything = [JSON.stringify([set, ...answers]), await dump(), logLines.join('\n')].join('\n')
  expect(everything).not.toContain(password)
  expect(everything).not.toContain('gateway.example.test/send')
})

test('the verify token that Meta asks for is shown, also where the URL holds none, and answers its question (F2)', async () => {
  const settings = {
    phoneNumberId: '106540352242922',
    accessToken: 'EAAG-token',
    template: 'sign_in_code',
    appSecret: 'the-secret-of-the-app',
  }
  const { body } = await ask('PUT', '/meta', { kind: 'meta-whatsapp', settings })
  expect(body).toMatchObject({ receiptUrl: expect.stringMatching(/\/receipts\/meta$/) })
  expect((await ask('GET', '/meta')).body.verifyToken).toBe(body.verifyToken)

  const question = (token: string) =>
    app.get(`/receipts/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`)
  await until(async () => (await question(body.verifyToken)).status === 200)
  expect((await question('another')).status).toBe(403)
  expect((await ask('DELETE', '/meta')).status).toBe(200)
})

test('what is broken is refused with its place and what to do, and nothing of it is kept or repeated', async () => {
  const wrong = await ask('PUT', '/broken', {
    kind: 'twilio-sms',
    settings: { accountSid: 'AC', authToken: `${password} ` },
  })
  expect(wrong.status).toBe(400)
  expect(wrong.body.message).toMatch(
    /broken\.accountSid: .*expected AC and 32 hexadecimal digits.*broken\.sender: /s,
  )
  expect(wrong.body.message).not.toContain(password)
  const templates = { authKey: password, template: 'a'.repeat(24), purposes: { 'mobile-login': { xx: 'b' } } }
  const lost = await ask('PUT', '/broken', { kind: 'msg91-sms', settings: templates })
  expect(lost.body.message).toMatch(
    /broken\.purposes\.mobile-login\.xx: .*expected one of default, en.*Rename/s,
  )
  expect((await ask('PUT', '/broken', { kind: 'pigeon', settings: {} })).body.message).toContain(
    'broken.kind',
  )
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the file would read this as a reference to the environment.
  const variable = { kind: 'webhook', settings: { url: '${WATCHWORD_SECRET}' } }
  expect((await ask('PUT', '/broken', variable)).status).toBe(400)
  expect((await ask('PUT', '/Bad_Name', gateway(secretUrl))).status).toBe(400)
  expect((await ask('PUT', '/smtp', gateway(secretUrl))).status).toBe(400)
  for (const name of ['constructor', '__proto__', 'hasownproperty'])
    expect((await ask('PUT', `/${name}`, { kind: 'pigeon', settings: {} })).status).toBe(400)
  expect((await ask('GET', '/broken')).status).toBe(404)
})

test('carriers of the configuration win', async () => {
  expect((await ask('PUT', '/fixed', gateway(secretUrl))).status).toBe(409)
  expect((await ask('DELETE', '/fixed')).status).toBe(409)
  const shown = await ask('GET', '/fixed')
  expect(shown.body).toMatchObject({ source: 'file', kind: 'webhook', settings: null })
})

test('every node delivers by it within seconds, asks for reports, and takes them', async () => {
  expect((await ask('PUT', '/late', { kind: 'twilio-sms', settings: plainSettings() })).status).toBe(200)
  const routes = { routes: { sms: ['late'] } }
  const path = `/admin/v1/projects/${app.projects.mobile}/routes`
  expect((await app.request('PATCH', path, { body: routes, headers: bearer() })).status).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 3_500))

  await second.post('/api/auth/otp/send', { mobile: '9175113021', countryCode: '+91', type: 'verification' })
  await until(async () => (await twilio.received()).length === 1)
  const [message] = await twilio.received()
  expect(new URLSearchParams(message?.identity).get('StatusCallback')).toBe(`${publicUrl}/receipts/late`)
  expect(twilio.problems()).toEqual([])
  expect((await ask('DELETE', '/late')).status).toBe(409)
})

test('its reports are believed by its own signature, on every node', async () => {
  const fields = { MessageSid: 'SM1', MessageStatus: 'delivered' }
  const url = `${publicUrl}/receipts/late`
  const token = plainSettings().accountToken ?? ''
  const signed = `${url}MessageSidSM1MessageStatusdelivered`
  const answer = await fetch(new URL('/receipts/late', second.url), {
    method: 'POST',
    headers: { 'x-twilio-signature': createHmac('sha1', token).update(signed).digest('base64') },
    body: new URLSearchParams(fields),
  })
  expect(answer.status).toBe(200)
})

test('a sample goes out by one carrier alone', async () => {
  const refused = await ask('POST', '/own/test', { to: 'nobody' })
  expect(refused.body).toMatchObject({ outcome: 'refused', detail: 'to is no address for sms' })
  expect((await ask('POST', '/own/test', { to: '+2250701020304', channel: 'email' })).status).toBe(400)
  expect((await ask('POST', '/nobody/test', { to: '+2250701020304' })).status).toBe(404)
})

test('the master secret rotates, and what was sealed is sealed anew', async () => {
  const sealedOf = async () =>
    (
      await app.db.query<{ sealed: Buffer }>("select sealed from carriers where name = 'own'")
    )[0]?.sealed.toString('hex')
  const before = await sealedOf()
  const current = 'another secret for tests that is long enough'
  const rotated = await startTestApp({
    env: {
      ...env,
      WATCHWORD_SECRET: current,
      WATCHWORD_SECRET_PREVIOUS: 'a secret for tests that is long enough',
    },
    beside: app,
  })
  expect(await sealedOf()).not.toBe(before)
  await rotated.stop()

  const after = await startTestApp({ env: { ...env, WATCHWORD_SECRET: current }, beside: app })
  const shown = await after.get('/admin/v1/carriers/own', { authorization: `Bearer ${after.adminToken}` })
  expect(shown.body).toMatchObject({ fault: null, settings: { url: '…9x7z' } })
  await after.stop()
  // Nodes with the former secret report why they cannot read it.
  const lost = await ask('GET', '/own')
  expect(lost.body).toMatchObject({
    settings: null,
    fault: expect.stringContaining('WATCHWORD_SECRET_PREVIOUS'),
  })
})

test('what nobody needs is removed', async () => {
  expect((await ask('DELETE', '/own')).body).toEqual({ removed: true })
  expect((await ask('DELETE', '/own')).status).toBe(404)
  expect((await app.request('GET', '/admin/v1/carriers')).status).toBe(401)
})
