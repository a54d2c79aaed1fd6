import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countStatuses, createServiceCaller, newEmail, sendCode } from '../api/service/service-caller.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The settings of a project for destinations, callers and budgets, over HTTP.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const caller = (settings: Parameters<typeof createServiceCaller>[1] = {}) =>
  createServiceCaller(app, settings)

describe('countries', () => {
  const toPhone = (target: string) => ({ target, channel: 'whatsapp' })
  const statusesOf = async (
    settings: NonNullable<Parameters<typeof createServiceCaller>[1]>['settings'],
    phones: string[],
  ) => {
    const { send } = await caller(settings === undefined ? {} : { settings })
    return Promise.all(phones.map(async (phone) => (await send(toPhone(phone))).status))
  }

  test('S3: a phone gets messages in the country of the project, or in those that it lists, alone', async () => {
    const [ivorian, tanzanian, indian] = ['+2250123456789', '+255712345678', '+919175113022']
    expect(await statusesOf({ region: 'CI' }, [ivorian, tanzanian, indian])).toEqual([201, 400, 400])
    const listed = { region: 'CI', countries: ['TZ', 'IN'] } as const
    expect(await statusesOf(listed, [ivorian, tanzanian, indian])).toEqual([400, 201, 201])
    expect(await statusesOf({ countries: 'any' }, [ivorian, tanzanian, indian])).toEqual([201, 201, 201])
    // The document of `service` sends abroad from a project that has no region.
    expect(await statusesOf({}, [ivorian, '+11234567890'])).toEqual([201, 201])
    expect(await statusesOf({ countries: [] }, [ivorian])).toEqual([400])
  })

  test('S3: a number of no plan lies in every listed country of its calling code, and Jamaica is not the US', async () => {
    expect(await statusesOf({ countries: ['US'] }, ['+11234567890', '+18765551234'])).toEqual([201, 400])
    expect(await statusesOf({ countries: ['TZ'] }, ['+11234567890'])).toEqual([400])
  })

  test('S3, S6: a premium-rate number never gets a message, whatever is allowed, and it costs nothing', async () => {
    const settings = { countries: 'any' as const, allow: ['+1900'] }
    const { send, challenges, read } = await caller({ settings, tokens: 5 })
    const refused = await send(toPhone('+19005551234'))
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'This project sends nothing to this destination',
    ])
    expect(await challenges()).toEqual([])
    expect((await read('token-info')).body.tokensUsed).toBe(0)
  })

  test('S3: a number that may pay its owner gets a message or a call only where the project allows it', async () => {
    const numbers = ['+447012345678', '+881612345678', '+870773111632', '+883510012345']
    expect(await statusesOf({ countries: 'any' }, numbers)).toEqual([400, 400, 400, 400])
    const allowed = { countries: 'any' as const, allow: ['+4470', '+8816', '+870', '+883'] }
    expect(await statusesOf(allowed, numbers)).toEqual([201, 201, 201, 201])
  })

  test('S3: nor does a test message of an operator, by a text or by a carrier', async () => {
    const { project } = await caller({ settings: { countries: 'any' } })
    const [admin, to] = [{ authorization: `Bearer ${app.adminToken}` }, '+19005551234']
    const refused = { outcome: 'refused', detail: 'No message goes to a premium-rate number.' }
    const byText = await app.post(`/admin/v1/projects/${project.id}/texts/sms/code/en/send`, { to }, admin)
    expect(byText.body).toMatchObject({ to, attempts: [refused] })
    const byCarrier = await app.post('/admin/v1/carriers/inbox/test', { to, channel: 'sms' }, admin)
    expect(byCarrier).toMatchObject({ status: 200, body: refused })
    expect(await app.inbox.entries(to)).toEqual([])
  })

  test('S3: e-mail goes everywhere', async () => {
    const { send } = await caller()
    expect((await send({ target: newEmail(), channel: 'email' })).status).toBe(201)
  })
})

describe('addresses', () => {
  test('S1: every spelling of a domain that mail systems read alike is one address, for caps and lists alike', async () => {
    const { project, send, verify } = await caller({ settings: { sendsPerTenMinutes: 3 } })
    const changed = await app.request('PATCH', `/admin/v1/projects/${project.id}`, {
      body: { settings: { deny: ['denied.example', 'bücher.example'] } },
      headers: { authorization: `Bearer ${app.adminToken}` },
    })
    expect(changed.status).toBe(200)
    const to = async (target: string) => (await send({ target, channel: 'email' })).status
    // Full width, bold letters of mathematics, a ligature, and the Kelvin sign.
    const spellings = ['ada@ｅxamplefi.com', 'ada@𝐞xamplefi.com', 'ada@exampleﬁ.com', 'Ada@examplefi.com']
    expect([
      await to('ada@ｅxamplefi.com'),
      await to('ada@𝐞xamplefi.com'),
      await to('ada@exampleﬁ.com'),
    ]).toEqual([201, 201, 201])
    expect(await Promise.all(spellings.map(to))).toEqual([429, 429, 429, 429])
    const code = await app.inbox.lastCode('ada@examplefi.com')
    expect((await verify({ target: 'ada@examplefi.com', code })).body.valid).toBe(true)

    expect(await to('ada@ｄenied.example')).toBe(400)
    expect([await to('ada@BÜCHER.example'), await to('ada@xn--bcher-kva.example')]).toEqual([400, 400])
    // Neither is a domain in any spelling.
    expect([await to('ada@xn--example.com'), await to('ada@exa\u00admple.com')]).toEqual([400, 400])
    expect([await to('ada@münchen.example'), await to('ada@xn--mnchen-3ya.example')]).toEqual([201, 201])
    expect(await app.inbox.entries('ada@xn--mnchen-3ya.example')).toHaveLength(2)
  })

  test('S1: what follows a plus sign makes an address of its own', async () => {
    const { send } = await caller({ settings: { sendsPerTenMinutes: 1 } })
    const to = async (target: string) => (await send({ target, channel: 'email' })).status
    expect([await to('plus@example.com'), await to('plus+1@example.com')]).toEqual([201, 201])
    expect([await to('PLUS@example.com'), await to(' plus@example.com ')]).toEqual([429, 429])
  })

  test('S1: a phone is one address however it is written, and no writing of it makes another', async () => {
    const { send } = await caller({
      settings: { region: 'TZ', countries: ['TZ', 'KE', 'UY'], sendsPerTenMinutes: 5 },
    })
    const to = async (target: string, countryCode?: string) =>
      (await send({ target, channel: 'whatsapp', ...(countryCode === undefined ? {} : { countryCode }) }))
        .status
    const spellings = ['+255712345670', '0712345670', '+255 (0)712-345-670', '+٢٥٥٧١٢٣٤٥٦٧٠']
    for (const spelling of spellings) expect([spelling, await to(spelling)]).toEqual([spelling, 201])
    expect([await to('0712345670', '+255'), await to('712345670', '255')]).toEqual([201, 429])
    // Parsing removes its first zero, and many carriers remove the second one.
    for (const twice of ['+254 00712345678', '+598 0097401957'])
      expect([twice, await to(twice)]).toEqual([twice, 400])
  })
})

describe('lists', () => {
  test('denied addresses, domains with what is below them, and beginnings of numbers are not served', async () => {
    const deny = ['ada@example.com', 'bad.example', '+25571']
    const { send } = await caller({ settings: { deny, countries: 'any' } })
    const to = async (target: string, channel = 'email') => (await send({ target, channel })).status
    expect(await to('Ada@Example.com')).toBe(400)
    expect(await to('ada2@example.com')).toBe(201)
    expect(await to('x@bad.example')).toBe(400)
    expect(await to('x@deep.er.bad.example')).toBe(400)
    expect(await to('x@notbad.example')).toBe(201)
    expect(await to('+255712345678', 'whatsapp')).toBe(400)
    expect(await to('+255752345678', 'whatsapp')).toBe(201)
  })

  test('what is allowed wins over what is denied, over countries and over disposable domains', async () => {
    const settings = {
      region: 'CI' as const,
      deny: ['example.com'],
      allow: ['ada@example.com', '+255712345678', 'x@mailinator.com'],
      refuseDisposable: true,
    }
    const { send } = await caller({ settings })
    const to = async (target: string, channel = 'email') => (await send({ target, channel })).status
    expect(await to('ada@example.com')).toBe(201)
    expect(await to('bob@example.com')).toBe(400)
    expect(await to('+255712345678', 'whatsapp')).toBe(201)
    expect(await to('+255712345679', 'whatsapp')).toBe(400)
    expect(await to('x@mailinator.com')).toBe(201)
    expect(await to('y@mailinator.com')).toBe(400)
  })

  test('disposable domains are refused only where a project says so', async () => {
    const [open, strict] = [await caller(), await caller({ settings: { refuseDisposable: true } })]
    const disposable = { target: 'x@sub.mailinator.com', channel: 'email' }
    expect((await open.send(disposable)).status).toBe(201)
    expect((await strict.send(disposable)).status).toBe(400)
  })
})

describe('budgets', () => {
  test('a project sends as often a day, and a month, as it may, exactly, and refusals do not count', async () => {
    const { send, challenges } = await caller({
      settings: { sendsPerProjectDay: 10, sendsPerProjectMonth: 15, sendsPerTenMinutes: 1 },
    })
    const sendMany = (count: number) =>
      Promise.all(Array.from({ length: count }, () => send({ target: newEmail(), channel: 'email' })))
    const target = newEmail()
    await send({ target, channel: 'email' })
    expect((await send({ target, channel: 'email' })).status).toBe(429)
    expect(countStatuses(await sendMany(30))).toEqual({ 201: 9, 429: 21 })
    const refused = await send({ target: newEmail(), channel: 'email' })
    expect(refused.body.message).toBe('This project has sent as much as it may for now')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(80_000)

    await app.moveClock(24 * 3_600_000)
    expect(countStatuses(await sendMany(10))).toEqual({ 201: 5, 429: 5 })
    expect(await challenges()).toHaveLength(15)
    await app.moveClock(24 * 3_600_000)
    expect((await send({ target: newEmail(), channel: 'email' })).status).toBe(429)
  })

  test('a prefix, and a country, get as many sends an hour as they may', async () => {
    const settings = { countries: 'any' as const, sendsPerPrefixHour: 2, sendsPerCountryHour: 3 }
    const { send } = await caller({ settings })
    const to = async (target: string) => (await send({ target, channel: 'whatsapp' })).status
    expect([await to('+255712345601'), await to('+255712345602'), await to('+255712345603')]).toEqual([
      201, 201, 429,
    ])
    expect([await to('+255752345601'), await to('+255762345602')]).toEqual([201, 429])
    expect(await to('+919175113022')).toBe(201)
    await app.moveClock(3_600_000)
    expect(await to('+255712345603')).toBe(201)
  })
})

describe('test recipients', () => {
  const inAWeek = () => new Date(Date.now() + 30 * 86_400_000).toISOString()

  test('C4: a test recipient has its code, no message leaves, and tries count as for everybody', async () => {
    const address = 'review@example.com' as never
    const { send, verify, challenges } = await caller({
      settings: { testRecipients: [{ address, code: '123456', until: inAWeek() }] },
    })
    expect((await send({ target: 'review@example.com', channel: 'email' })).status).toBe(201)
    expect(await app.inbox.entries('review@example.com')).toEqual([])
    for (let guess = 0; guess < 4; guess += 1)
      expect((await verify({ target: address, code: '000000' })).body.valid).toBe(false)
    expect((await verify({ target: address, code: '123456' })).body.valid).toBe(true)
    expect((await verify({ target: address, code: '123456' })).body.valid).toBe(false)

    await send({ target: 'review@example.com', channel: 'email' })
    for (let guess = 0; guess < 5; guess += 1) await verify({ target: address, code: '000000' })
    expect((await verify({ target: address, code: '123456' })).body).toEqual({
      valid: false,
      reason: 'Too many attempts',
    })
    expect(await challenges()).toHaveLength(2)
  })

  test('C4: after its end a test recipient is an address like any other, and nobody else ever had the code', async () => {
    const address = 'ended@example.com' as never
    const settings = { testRecipients: [{ address, code: '123456', until: inAWeek() }] }
    const here = await caller({ settings })
    const other = await sendCode(here)
    expect((await other.verify('123456')).body.valid).toBe(other.code === '123456')

    await app.moveClock(31 * 86_400_000)
    const ended = await sendCode(here, 'ended@example.com')
    expect((await ended.verify('123456')).body.valid).toBe(ended.code === '123456')
    expect((await ended.verify(ended.code)).body.valid).toBe(true)
  })

  test('C4: the settings take none without an end', async () => {
    const { project } = await caller()
    const change = (testRecipient: object) =>
      app.request('PATCH', `/admin/v1/projects/${project.id}`, {
        body: { settings: { testRecipients: [testRecipient] } },
        headers: { authorization: `Bearer ${app.adminToken}` },
      })
    const recipient = { address: 'review@example.com', code: '123456' }
    expect((await change(recipient)).status).toBe(400)
    expect((await change({ ...recipient, until: null })).status).toBe(400)
    expect((await change({ ...recipient, until: '2099-01-31' })).status).toBe(200)
  })
})
