import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { erasePerson } from '../../src/engine/operations/erase-person.ts'
import { createPersonStore } from '../../src/storage/stores/people.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { createServiceCaller } from './service/service-caller.ts'

/*
 * Addresses, codes and passwords as people write and paste them, at every route. The tests of `domain/` have the tables of
 * spellings; here we check that each dialect, and every other part that takes an address, uses the same parsers.
 */

let app: TestApp
let admin: { authorization: string }
beforeAll(async () => {
  app = await startTestApp()
  admin = { authorization: `Bearer ${app.adminToken}` }
})
afterAll(() => app.stop())

const inArabic = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))
const halves = (code: string, between: string) => `${code.slice(0, 3)}${between}${code.slice(3)}`

describe('each dialect', () => {
  test('V8, S1: account reads addresses and codes as they are pasted', async () => {
    const person = { password: 'a quiet otter swims', firstname: 'Ada', lastname: 'Byron' }
    const registered = await app.post('/auth/register', {
      email: '\u200f\uff21da\uff20example\u3002net\u00a0',
      ...person,
    })
    expect(registered.status).toBe(201)
    const code = await app.inbox.lastCode('ada@example.net')
    const verified = await app.post('/auth/verify', {
      email: 'ADA@Example.net',
      code: `\r\n${halves(code, ' ')}\n`,
    })
    expect(verified.status).toBe(200)
    expect((await app.post('/auth/login', { email: 'ada@example\uff0enet', ...person })).status).toBe(200)
  })

  test('account sends to domains of India, and to local parts that need quotes', async () => {
    for (const [written, email] of [
      ['info@डाटामेल.भारत', 'info@xn--c2bd4bq1db8d.xn--h2brj9c'],
      ['a..b@docomo.example', 'a..b@docomo.example'],
    ] as const) {
      const person = { password: 'a quiet otter swims', firstname: 'Ada', lastname: 'Byron' }
      expect([written, (await app.post('/auth/register', { email: written, ...person })).status]).toEqual([
        written,
        201,
      ])
      expect(await app.inbox.lastCode(email)).toMatch(/^\d{6}$/)
    }
  })

  test('V8, S1: citizen reads numbers and codes as they are pasted', async () => {
    const created = await app.post('/otp', {
      type: 'create',
      phoneNumber: '\u202a01\u00a023\u201145.67/89\u202c',
    })
    expect(created.status).toBe(201)
    const otp = halves(await app.inbox.lastCode('+2250123456789'), '\u2013')
    const phoneNumber = `+${inArabic('225 0123456789')}`
    expect((await app.post('/otp/verify', { phoneNumber, otp })).status).toBe(200)
  })

  test('V8, S1: kikapu reads numbers and codes as they are pasted', async () => {
    const resent = await app.post('/auth/api/resend-otp/', {
      phoneNumber: '00255\u2009712\u2009345\u2009678',
    })
    expect(resent.status).toBe(200)
    const otp = `${await app.inbox.lastCode('+255712345678')}\u200b\n`
    const verified = await app.post('/auth/api/verify-otp/', { phoneNumber: 'tel:+255-712-345-678', otp })
    expect(verified.status).toBe(200)
    const login = { username: '\u2066255712345678\u2069', password: 'securepassword' }
    expect((await app.post('/auth/api/agent/login/', login)).status).toBe(200)
  })

  test('V8, S1: mobile reads numbers, country codes and codes as they are pasted', async () => {
    const base = '/api/auth/otp'
    const type = 'verification'
    const sent = await app.post(`${base}/send`, {
      mobile: '91\u00a075\u200b113\u2212022',
      countryCode: '\uff0b91',
      type,
    })
    expect(sent.status).toBe(200)
    const otp = inArabic(halves(await app.inbox.lastCode('+919175113022'), '-'))
    const verified = await app.post(`${base}/verify`, {
      mobile: '919175113022',
      countryCode: '0091',
      otp,
      type,
    })
    expect(verified.status).toBe(200)
  })

  test('V8, S1: service reads targets, country codes and codes as they are pasted, and answers them as written', async () => {
    const { send, verify, read } = await createServiceCaller(app)
    const target = '\u202a+33\u00a06\u00a012\u00a034\u00a056\u00a078\u202c'
    expect((await send({ target, channel: 'whatsapp' })).status).toBe(201)
    const code = halves(await app.inbox.lastCode('+33612345678'), '\u00a0')
    const guess = { target: '612-345-678', countryCode: ' 0033 ', code }
    expect((await verify(guess)).body.valid).toBe(true)
    const records = await read(`records?target=${encodeURIComponent('+33 (0)6 12345678')}`)
    expect(records.body.records).toMatchObject([{ target, verified: true }])
  })
})

describe('one phone', () => {
  const phones = [
    ['Mexico', '+525512345678', ['+5215512345678', '+52 044 55 1234 5678']],
    ['Argentina', '+5491133330001', ['+541133330001', '+54 11 15 3333-0001']],
    ['Brazil', '+5521987650001', ['+552187650001', '+55 21 8765-0001']],
  ] as const

  test.each(phones)(
    'S1, V4: of %s has one cap and one code, whichever number is written',
    async (_, number, others) => {
      const { send, verify } = await createServiceCaller(app, { settings: { sendsPerTenMinutes: 3 } })
      for (const target of [number, ...others])
        expect([target, (await send({ target, channel: 'whatsapp' })).status]).toEqual([target, 201])
      for (const target of [number, ...others])
        expect([target, (await send({ target, channel: 'whatsapp' })).status]).toEqual([target, 429])
      const code = await app.inbox.lastCode(number)
      expect((await verify({ target: others[0], code })).body.valid).toBe(true)
    },
  )

  test('S3: a denied beginning of numbers means the phones that it meant under the other number', async () => {
    const { send } = await createServiceCaller(app, { settings: { deny: ['+5411', '+552187650009'] } })
    for (const target of ['+5491133330002', '+541133330002', '+5521987650009'])
      expect([target, (await send({ target, channel: 'whatsapp' })).status]).toEqual([target, 400])
  })
})

describe('operators', () => {
  test('S1: an account is made, found, unlocked and erased by any spelling of its address', async () => {
    const { project } = await createServiceCaller(app, { settings: { region: 'BR' } })
    const path = `/admin/v1/projects/${project.id}`
    const phone = '\u200e(21)\u00a08765\u20110003'
    const made = await app.post(`${path}/users`, { type: 'USER', phone }, admin)
    expect([made.status, made.body.phone]).toEqual([201, '+5521987650003'])
    const again = await app.post(`${path}/users`, { type: 'USER', phone: '+55 21 98765 0003' }, admin)
    expect(again.status).toBe(409)
    const unlocked = await app.post(`${path}/unlock`, { address: `tel:${phone.slice(1)}` }, admin)
    expect(unlocked.status).toBe(404)
    const erased = await erasePerson(createPersonStore(app.db.database), project, '+552187650003')
    expect(erased).toMatchObject({ ok: true, address: '+5521987650003', erased: { accounts: 1 } })
  })

  test('C4: a test recipient is found by its phone', async () => {
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString()
    const testRecipients = [{ address: '+541133330009' as never, code: '123456', until }]
    const { send, verify } = await createServiceCaller(app, { settings: { testRecipients } })
    expect((await send({ target: '+5491133330009', channel: 'whatsapp' })).status).toBe(201)
    expect((await verify({ target: '+541133330009', code: '123 456' })).body.valid).toBe(true)
  })

  test('the inbox of development finds a person by any spelling', async () => {
    const { send } = await createServiceCaller(app)
    await send({ target: '+33612345699', channel: 'whatsapp' })
    for (const to of ['+33612345699', ' 33612345699', '\u202a+33 (0)6 12 34 56 99\u202c', '0033612345699'])
      expect([to, await app.inbox.entries(to)]).toEqual([
        to,
        [expect.objectContaining({ to: '+33612345699' })],
      ])
  })
})

test('A2: a password is the same however its accents are typed', async () => {
  const composed = 'motdepasse-\u00e9t\u00e9-42'
  const decomposed = composed.normalize('NFD')
  for (const [email, first, second] of [
    ['ete@example.net', composed, decomposed],
    ['hiver@example.net', decomposed, composed],
  ] as const) {
    const person = { email, password: first, firstname: 'Ada', lastname: 'Byron' }
    expect((await app.post('/auth/register', person)).status).toBe(201)
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    for (const password of [first, second, 'motdepasse-ete-42'])
      expect((await app.post('/auth/login', { email, password })).status).toBe(
        password === 'motdepasse-ete-42' ? 401 : 200,
      )
  }
})
