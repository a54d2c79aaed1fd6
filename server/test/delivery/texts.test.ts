import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../../src/composition/start-server.ts'
import { parsePhoneNumber } from '../../src/domain/address.ts'
import { createImportStore } from '../../src/storage/stores/imports.ts'
import { createServiceCaller, newEmail } from '../api/service/service-caller.ts'
import { importedAccount } from '../harness/account-world.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { startSmtpPeer } from '../providers/smtp-peer.ts'

let app: TestApp
let headers: Record<string, string>

beforeAll(async () => {
  app = await startTestApp()
  headers = { authorization: `Bearer ${app.adminToken}` }
})
afterAll(() => app.stop())

const textPath = (projectId: string, key: string) => `/admin/v1/projects/${projectId}/texts/${key}`
const getText = (projectId: string, key: string) => app.get(textPath(projectId, key), headers)
const putText = (projectId: string, key: string, body: unknown) =>
  app.request('PUT', textPath(projectId, key), { body, headers })
const removeText = (projectId: string, key: string) =>
  app.request('DELETE', textPath(projectId, key), { headers })
const list = async (projectId: string) =>
  (await app.get(`/admin/v1/projects/${projectId}/texts`, headers)).body.texts

/** A node caches texts for a second. */
const untilBelieved = () => new Promise((resolve) => setTimeout(resolve, 1_100))

async function sendTo(
  caller: Awaited<ReturnType<typeof createServiceCaller>>,
  more: object = {},
  language = {},
) {
  const target = newEmail()
  expect(await caller.send({ target, channel: 'email', ...more }, language)).toMatchObject({ status: 201 })
  const [message] = await app.inbox.entries(target)
  if (message === undefined) throw new Error('nothing arrived')
  return message
}

describe("a project's own text", () => {
  test('is in the messages within a second or two, and gone when it is removed', async () => {
    const caller = await createServiceCaller(app, { name: 'Acme' })
    const { id } = caller.project
    expect((await sendTo(caller)).subject).toMatch(/^\d{6} is your Acme code$/)

    const text = { subject: '{code} opens {project}', body: '# Hello\n\n{code}\n\nfor {minutes} minutes' }
    expect(await putText(id, 'email/service/en', text)).toMatchObject({ status: 200, body: { warnings: [] } })
    expect(await getText(id, 'email/service/en')).toMatchObject({ body: { ...text, source: 'own' } })
    expect(await list(id)).toMatchObject([{ channel: 'email', purpose: 'service', locale: 'en', ...text }])
    await untilBelieved()
    const own = await sendTo(caller)
    expect(own).toMatchObject({
      subject: `${own.code} opens Acme`,
      text: `Hello\n\n${own.code}\n\nfor 5 minutes\n`,
    })

    expect(await removeText(id, 'email/service/en')).toMatchObject({ status: 200, body: { removed: true } })
    expect((await removeText(id, 'email/service/en')).status).toBe(404)
    await untilBelieved()
    expect((await sendTo(caller)).subject).toMatch(/ is your Acme code$/)
  })

  test('for one purpose goes before the one for every code, and both before ours; no other project sees it', async () => {
    const [caller, other] = [await createServiceCaller(app), await createServiceCaller(app)]
    const { id } = caller.project
    await putText(id, 'email/code/en', { subject: 'any {code}', body: '{code}' })
    expect((await getText(id, 'email/service/en')).body).toMatchObject({ source: 'own-code' })
    expect((await sendTo(caller)).subject).toMatch(/^any /)
    expect((await sendTo(caller, { locale: 'fr' })).subject).toMatch(/ est votre code /)
    expect((await sendTo(other)).subject).toMatch(/ is your /)
    expect(await list(other.project.id)).toEqual([])
  })

  test('is refused when it is broken, with all places, and stores nothing', async () => {
    const { project } = await createServiceCaller(app)
    const { status, body } = await putText(project.id, 'sms/code/en', { body: 'Hi {nmae}\n{kode}' })
    expect(status).toBe(400)
    expect(body.message).toContain('body line 1, column 4 {nmae} is not a placeholder of this text')
    expect(body.message).toContain('body line 2, column 1 {kode} is not a placeholder')
    for (const text of [
      { body: 'no code' },
      { body: '{code' },
      { body: '{code}', subject: 'x' },
      { body: 'x'.repeat(6000) },
      { body: 5 },
      {},
    ])
      expect((await putText(project.id, 'sms/code/en', text)).status).toBe(400)
    expect(await list(project.id)).toEqual([])

    for (const key of [
      'fax/code/en',
      'sms/codes/en',
      'sms/code/zz',
      'sms/constructor/en',
      '__proto__/code/en',
    ])
      expect(await getText(project.id, key)).toMatchObject({ status: 400 })
    expect((await getText(project.id, 'fax/x/zz')).body.message).toMatch(
      /^channel must be one of email.*; purpose must be one of code.*; locale must be one of en/,
    )
    expect(await getText('PRJ_none', 'sms/code/en')).toMatchObject({ status: 404 })
    expect(await putText('PRJ_none', 'sms/code/en', { body: '{code}' })).toMatchObject({ status: 404 })
  })

  test('with template syntax of others in it stays what it is (S9)', async () => {
    const caller = await createServiceCaller(app, { name: '{{7*7}} <script>alert(1)</script>' })
    const text = { subject: '{code} <b>', body: "'{{7*7}}' <script>x</script> {project} {code}" }
    expect((await putText(caller.project.id, 'email/code/en', text)).status).toBe(200)
    const { html, text: plain, subject } = await sendTo(caller)
    expect(plain).toContain('{{7*7}} <script>x</script> {{7*7}} <script>alert(1)</script> ')
    expect(html).not.toContain('<script')
    expect(subject).toMatch(/^\d{6} <b>$/)
  })
})

describe('the start', () => {
  test('is refused while a stored text is broken, with its place; a running node sends ours instead', async () => {
    const caller = await createServiceCaller(app, { name: 'Acme' })
    const { id } = caller.project
    await app.db.query(
      "insert into texts (project_id, channel, purpose, locale, subject, body) values ($1, 'email', 'code', 'en', 'x', 'no code')",
      [id],
    )
    try {
      expect((await sendTo(caller)).subject).toMatch(/ is your Acme code$/)
      expect(app.logLines.join('')).toContain('delivery.text-broken')
      await expect(startServer(app.config)).rejects.toThrow(
        `The text email code en of ${id}: body holds no {code}`,
      )
    } finally {
      await app.db.query('delete from texts where project_id = $1', [id])
    }
  })
})

describe('the language', () => {
  const subjects = { de: / ist Ihr Code für /, fr: / est votre code /, hi: / आपका /, en: / is your / }

  test('of a message is asked for by name, else by Accept-Language, else the project says', async () => {
    const caller = await createServiceCaller(app, { settings: { locale: 'hi' } })
    const german = { 'accept-language': 'de-AT, en;q=0.5' }
    expect((await sendTo(caller, { locale: 'fr-CI' }, german)).subject).toMatch(subjects.fr)
    expect((await sendTo(caller, {}, german)).subject).toMatch(subjects.de)
    expect((await sendTo(caller)).subject).toMatch(subjects.hi)
    for (const locale of ['zz', '', null, 5, ['fr'], { fr: 1 }])
      expect((await sendTo(caller, { locale })).subject).toMatch(subjects.hi)
  })

  test('of an answer is one of the documents, whatever the message speaks', async () => {
    const caller = await createServiceCaller(app)
    const sent = await caller.send(
      { target: newEmail(), channel: 'email', locale: 'de' },
      { 'accept-language': 'de, fr;q=0.5' },
    )
    const french = await caller.send({ target: newEmail(), channel: 'email' }, { 'accept-language': 'fr' })
    expect(sent.body.message).toBe(french.body.message)
  })

  test("of a number's country is used where nobody says another; an account's own goes before it", async () => {
    const sendSms = async (phoneNumber: string) => {
      expect((await app.post('/auth/api/resend-otp/', { phoneNumber })).status).toBe(200)
      return (await app.inbox.entries(phoneNumber))[0]?.text
    }
    expect(await sendSms('+255712345678')).toMatch(/ ni msimbo wako wa /)

    const phone = parsePhoneNumber('+255712000001')
    await createImportStore(app.db.database).storeAll(
      app.projects.kikapu,
      [importedAccount({ phone, fullName: 'A', locale: 'ar' })],
      { keep: 'all-or-none' as const, onProgress: () => {} },
    )
    expect(await sendSms('+255712000001')).toMatch(/^رمز /)
  })

  test('that somebody registers with stays that of the account', async () => {
    const email = newEmail()
    const person = { email, password: 'a long enough phrase', firstname: 'Ada', lastname: 'B', locale: 'pt' }
    expect((await app.post('/auth/register', person)).status).toBe(201)
    expect((await app.inbox.entries(email))[0]?.subject).toMatch(/ é o seu código de /)
    const again = await app.post('/auth/otp/generate', { email, purpose: 'ACCOUNT_VERIFICATION' })
    expect(again.status).toBe(200)
    expect((await app.inbox.entries(email))[0]?.subject).toMatch(/ é o seu código de /)
  })
})

test('an account that signs up in a language is written to in it', async () => {
  const [email, mobile] = [newEmail(), '9876501234']
  const post = (path: string, body: object) => app.post(`/api/auth/otp/${path}`, { mobile, email, ...body })
  expect((await post('send', { type: 'signup' })).status).toBe(200)
  const otp = await app.inbox.lastCode(email)
  const proven = await post('verify', { type: 'signup', otp })
  const { verificationToken } = proven.body.data
  const signedUp = await post('signup', { fullName: 'Ada', locale: 'es', verificationToken })
  expect(signedUp.status).toBe(201)
  expect((await post('send', { type: 'login' })).status).toBe(200)
  expect((await app.inbox.entries(email))[0]?.subject).toMatch(/ es tu código de /)
})

describe('the look of a project', () => {
  test('is judged by its settings, and in its messages', async () => {
    const caller = await createServiceCaller(app, { name: 'internal-7' })
    const change = (settings: object) =>
      app.request('PATCH', `/admin/v1/projects/${caller.project.id}`, { body: { settings }, headers })
    const wrong = {
      displayName: ' ',
      colour: 'red',
      logoUrl: 'http://acme.example/logo.png',
      webOtpHost: 'https://acme.example',
      androidAppHash: 'short',
    }
    const refused = await change(wrong)
    expect(refused.status).toBe(400)
    for (const name of Object.keys(wrong)) expect(refused.body.message).toContain(`settings.${name} must be`)
    for (const logoUrl of [
      'javascript:alert(1)',
      'https://u:p@acme.example/x',
      '"onload="x',
      'data:image/png;base64,x',
    ])
      expect((await change({ logoUrl })).status).toBe(400)

    const right = { displayName: 'Acme "Shop"', colour: '#FFD54A', logoUrl: 'https://acme.example/"x".png' }
    expect((await change(right)).body.settings).toMatchObject({
      displayName: 'Acme "Shop"',
      colour: '#ffd54a',
    })
    const { html, subject } = await sendTo(caller)
    expect(subject).toContain('Acme "Shop"')
    expect(html).toContain('src="https://acme.example/%22x%22.png"')
    expect(html).toContain('background-color:#ffd54a')
  })

  test('ends SMS with the line that browsers read', async () => {
    await app.changeProject(app.projects.kikapu, {
      settings: { webOtpHost: 'kikapu.example', androidAppHash: 'FA+9qCX9VSu' },
    })
    await untilBelieved()
    const [message] = await app.inbox.entries('+255712345678')
    expect(message?.text.split('\n').slice(-2)).toEqual(['FA+9qCX9VSu', `@kikapu.example #${message?.code}`])
    await app.changeProject(app.projects.kikapu, { settings: { webOtpHost: null, androidAppHash: null } })
  })
})

describe('preview and test messages', () => {
  test('a preview shows what would be sent, and stores nothing', async () => {
    const { project } = await createServiceCaller(app, { name: 'Acme' })
    const preview = (key: string, body: unknown) =>
      app.post(`${textPath(project.id, key)}/preview`, body, headers)
    expect(await preview('sms/code/en', {})).toMatchObject({
      status: 200,
      body: {
        subject: null,
        text: '123456 is your Acme code. It expires in 5 minutes. Never share it.',
        html: null,
        sms: { alphabet: 'GSM-7', length: 66, segments: 1 },
        warnings: [],
      },
    })
    const draft = await preview('sms/citizen/hi', { body: '{code} 🙂' })
    expect(draft.body).toMatchObject({ text: '12345 🙂', sms: { alphabet: 'UCS-2', segments: 1 } })
    expect(draft.body.warnings).toHaveLength(1)
    expect(await preview('email/code/ar', {})).toMatchObject({
      body: { html: expect.stringContaining('dir="rtl"') },
    })
    expect((await preview('sms/code/en', { body: 'no code' })).status).toBe(400)
    expect(await list(project.id)).toEqual([])
  })

  test('a test message goes through the real carrier, in one mail with one recipient', async () => {
    const peer = await startSmtpPeer()
    const node = await startTestApp({
      env: { SMTP_URL: `smtp://127.0.0.1:${peer.port}`, MAIL_FROM: 'codes@example.test' },
    })
    try {
      const caller = await createServiceCaller(node, { name: 'Acme\u2028Bcc: eve@example.test' })
      const send = (key: string, to: string) =>
        node.post(
          `${textPath(caller.project.id, key)}/send`,
          { to },
          { authorization: `Bearer ${node.adminToken}` },
        )
      expect(await send('email/code/de', 'ada@example.test')).toMatchObject({
        status: 200,
        body: { to: 'ada@example.test', attempts: [{ carrier: 'smtp', outcome: 'accepted', detail: null }] },
      })
      const [mail] = peer.mails
      expect(mail?.recipients).toEqual(['ada@example.test'])
      expect(mail?.email.subject).toBe('123456 ist Ihr Code für Acme Bcc: eve@example.test')
      expect(mail?.email.bcc).toBeUndefined()
      expect(mail?.email.html).toContain('<html lang="de" dir="ltr">')

      peer.behave('refuse-for-good')
      expect((await send('email/code/de', 'ada@example.test')).body.attempts).toMatchObject([
        { carrier: 'smtp', outcome: 'refused', detail: expect.stringContaining('550') },
      ])
      for (const to of [
        'ada@example.test, eve@example.test',
        'ada@example.test\r\nBcc: eve@example.test',
        '',
      ])
        expect((await send('email/code/de', to)).status).toBe(400)
      expect((await send('sms/code/de', 'ada@example.test')).status).toBe(400)
    } finally {
      await node.stop()
      await peer.stop()
    }
  })
})
