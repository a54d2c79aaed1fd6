import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { atOnce, countStatuses, createServiceCaller, newEmail, sendCode } from './service-caller.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

describe('codes', () => {
  test('C4: `code` and `otp` in a send change nothing', async () => {
    const caller = await createServiceCaller(app)
    const target = newEmail()
    await caller.send({ target, channel: 'email', code: '111111', otp: '111111' })

    const code = await app.inbox.lastCode(target)
    expect(code).not.toBe('111111')
    expect((await caller.verify({ target, code: '111111' })).body).toEqual({
      valid: false,
      reason: 'Invalid code',
    })
    expect((await caller.verify({ target, code })).body.valid).toBe(true)
  })

  test('C3: a project whose row says an hour gives its codes ten minutes', async () => {
    const caller = await createServiceCaller(app, { settings: { codeSeconds: 3_600 } })
    const target = newEmail()
    expect((await caller.send({ target, channel: 'email' })).body.expiresIn).toBe(600)
    const code = await app.inbox.lastCode(target)
    await app.moveClock(600_000)
    expect((await caller.verify({ target, code })).body).toEqual({ valid: false, reason: 'Code has expired' })
  })

  test('V8: what is no string of six digits is refused before anything is looked up or counted', async () => {
    const caller = await createServiceCaller(app)
    const { target, code, verify } = await sendCode(caller)
    const noCodes = [
      null,
      '',
      123456,
      [code],
      { code },
      true,
      `${code}x`,
      ` ${code} ${code}`,
      '12345',
      '1234567',
      '12345a',
      '+12345',
      '1e5000',
      '-12345',
      '12345\u0000',
      '１２３４５',
      code.repeat(1000),
    ]
    for (const guess of noCodes) {
      const { status, body } = await caller.verify({ target, code: guess })
      expect([guess, status, body]).toEqual([guess, 400, { statusCode: 400, message: expect.any(String) }])
    }
    expect(await caller.challenges()).toMatchObject([{ tries: 0, used_at: null }])
    expect((await verify(code)).body.valid).toBe(true)
  })

  test('a code may be typed in Eastern Arabic, Persian and full-width digits', async () => {
    const caller = await createServiceCaller(app)
    for (const zero of [0x0660, 0x06f0, 0xff10]) {
      const { code, verify } = await sendCode(caller)
      const typed = [...code].map((digit) => String.fromCharCode(zero + Number(digit))).join('')
      expect((await verify(typed)).body.valid).toBe(true)
    }
  })
})

describe('guesses', () => {
  test('V1: a wrong guess stays counted when its caller hangs up', async () => {
    const caller = await createServiceCaller(app)
    const { target, wrong } = await sendCode(caller)
    for (let guess = 0; guess < 3; guess += 1) {
      const controller = new AbortController()
      const asked = fetch(`${app.url}/api/v1/otp/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...caller.headers },
        body: JSON.stringify({ target, code: wrong }),
        signal: controller.signal,
      }).catch(() => {})
      setTimeout(() => controller.abort(), 3)
      await asked
    }
    await expect.poll(async () => (await caller.challenges())[0]?.tries).toBeGreaterThan(0)
  })

  test('V2: of fifty simultaneous correct guesses exactly one is accepted', async () => {
    const caller = await createServiceCaller(app)
    const { code, verify, id } = await sendCode(caller)
    const answers = await atOnce(50, () => verify(code))
    const accepted = answers.filter(({ body }) => body.valid)
    expect(accepted.map(({ body }) => body.recordId)).toEqual([id])
    const others = answers.filter(({ body }) => !body.valid).map(({ body }) => body.reason)
    expect(new Set(others)).toEqual(new Set(['Code has already been used']))
  })

  test('V3: of forty simultaneous wrong guesses five are judged, and then the right one is too late', async () => {
    const caller = await createServiceCaller(app)
    const { code, wrong, verify } = await sendCode(caller)
    const answers = await atOnce(40, () => verify(wrong))
    expect(answers.filter(({ body }) => body.reason === 'Invalid code')).toHaveLength(5)
    expect(answers.filter(({ body }) => body.reason === 'Too many attempts')).toHaveLength(35)
    expect((await verify(code)).body).toEqual({ valid: false, reason: 'Too many attempts' })
    expect(await caller.challenges()).toMatchObject([{ tries: 5 }])
  })

  test('V4: ten wrong guesses in a row over two records lock the address for a day', async () => {
    const caller = await createServiceCaller(app)
    const target = newEmail()
    const third = await sendCode(caller, target, 'third')
    for (const recordId of ['first', 'second']) {
      const { wrong, verify } = await sendCode(caller, target, recordId)
      for (let guess = 0; guess < 5; guess += 1) await verify(wrong)
    }
    expect((await third.verify(third.code)).body).toEqual({ valid: false, reason: 'Too many attempts' })
    const refused = await caller.send({ target, channel: 'email' })
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 86_400])

    await app.moveClock(24 * 3_600_000)
    const later = await sendCode(caller, target)
    expect((await later.verify(later.code)).body.valid).toBe(true)
  })

  test.each(['account_id = 4711', "content = 'decoy'"])(
    'V9, S7: the right digits open nothing where %s',
    async (other) => {
      const caller = await createServiceCaller(app)
      const { code, verify } = await sendCode(caller)
      await app.db.query(`update challenges set ${other} where project_id = $1`, [caller.project.id])
      expect((await verify(code)).body).toEqual({ valid: false, reason: 'Invalid code' })
      expect(await caller.challenges()).toMatchObject([{ tries: 1, used_at: null }])
    },
  )

  test('V9: a code opens nothing of another record, address or project', async () => {
    const caller = await createServiceCaller(app)
    const other = await createServiceCaller(app)
    const { code, target, verify } = await sendCode(caller, newEmail(), 'one')
    const second = await sendCode(caller, newEmail(), 'one')
    const none = { valid: false, reason: 'No code was requested for this target' }
    expect((await caller.verify({ target, code })).body).toEqual(none)
    expect((await caller.verify({ target, code, recordId: 'two' })).body).toEqual(none)
    expect((await caller.verify({ target: newEmail(), code, recordId: 'one' })).body).toEqual(none)
    expect((await other.verify({ target, code, recordId: 'one' })).body).toEqual(none)
    expect((await second.verify(code === second.code ? second.wrong : code)).body.valid).toBe(false)
    expect((await verify(code)).body.valid).toBe(true)
  })
})

describe('sends', () => {
  test('S1: five sends in ten minutes, ten in a day, and a success clears them', async () => {
    const caller = await createServiceCaller(app)
    const target = newEmail()
    for (let count = 0; count < 5; count += 1) await sendCode(caller, target, `first ${count}`)
    expect((await caller.send({ target, channel: 'email' })).status).toBe(429)

    await app.moveClock(10 * 60_000)
    for (let count = 0; count < 4; count += 1) await sendCode(caller, target, `second ${count}`)
    const tenth = await sendCode(caller, target)
    await app.moveClock(10 * 60_000)
    const eleventh = await caller.send({ target, channel: 'email' })
    expect(eleventh.status).toBe(429)
    expect(Number(eleventh.headers.get('retry-after'))).toBeGreaterThan(80_000)

    // Now the first five are a day old, the others are not.
    await app.moveClock(23.75 * 3_600_000)
    const next = await sendCode(caller, target)
    expect(next.id > tenth.id).toBe(true)
    expect((await next.verify(next.code)).body.valid).toBe(true)
    for (let count = 0; count < 5; count += 1) await sendCode(caller, target, `third ${count}`)
  })

  test('S1: twenty sends a day to one address over all projects, the last four for tenants that have sent it nothing', async () => {
    const target = newEmail()
    const tenants = await Promise.all(Array.from({ length: 9 }, () => createServiceCaller(app)))
    const answers = []
    for (const tenant of tenants)
      for (let count = 0; count < 5; count += 1)
        answers.push(await tenant.send({ target, channel: 'email', recordId: `${count}` }))
    // Three tenants send five each, the next five one each; then the twenty are spent.
    const first = answers.filter((_, index) => index % 5 === 0)
    expect(countStatuses(first)).toEqual({ 201: 8, 429: 1 })
    expect(countStatuses(answers)).toEqual({ 201: 20, 429: 25 })
    await app.moveClock(24 * 3_600_000)
    expect((await tenants[8]?.send({ target, channel: 'email' }))?.status).toBe(201)
  })

  test('S5: with quota q and q + 100 simultaneous sends exactly q are accepted', async () => {
    const quota = 60
    const caller = await createServiceCaller(app, { tokens: quota })
    const answers = await atOnce(quota + 100, () => caller.send({ target: newEmail(), channel: 'email' }))
    expect(countStatuses(answers)).toEqual({ 201: quota, 400: 100 })
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({
      statusCode: 400,
      message: 'Insufficient tokens',
    })
    expect(await caller.challenges()).toHaveLength(quota)
    expect((await caller.read('token-info')).body).toEqual({
      tokens: quota,
      tokensUsed: quota,
      remainingTokens: 0,
      hasUnlimitedTokens: false,
    })
  })

  test('S6: a refused send stores nothing, sends nothing and costs nothing', async () => {
    const caller = await createServiceCaller(app, { tokens: 1, settings: { sendsPerTenMinutes: 1 } })
    const { target } = await sendCode(caller)
    const sentBefore = (await app.inbox.entries()).length
    const refusals = await Promise.all([
      caller.send({ target, channel: 'email' }),
      caller.send({ target: newEmail(), channel: 'email' }),
      caller.send({ target: 'a,b@example.com', channel: 'email' }),
      caller.send({ target: '1234567890', channel: 'whatsapp' }),
    ])
    expect(countStatuses(refusals)).toEqual({ 400: 3, 429: 1 })
    expect(await caller.challenges()).toHaveLength(1)
    expect((await app.inbox.entries()).length).toBe(sentBefore)
    expect((await caller.read('token-info')).body.tokensUsed).toBe(1)
  })

  test('S8: one scalar recipient: no list, display name, line break or control character', async () => {
    const caller = await createServiceCaller(app)
    const targets = [
      'a@example.com,b@example.com',
      'a@example.com;b@example.com',
      'a@example.com b@example.com',
      'A <a@example.com>',
      'a@example.com\r\nBcc: b@example.com',
      'a@example.com\0',
      '"a b"@example.com',
      ['a@example.com', 'b@example.com'],
      { 0: 'a@example.com' },
    ]
    for (const target of targets) expect((await caller.send({ target, channel: 'email' })).status).toBe(400)
    expect(await caller.challenges()).toEqual([])
  })

  test.each([
    '{{7*7}}',
    '\u0024{7*7}',
    '<script>alert(1)</script>',
    '__proto__',
    '{code}',
    "'; drop table challenges; --",
  ])('S9: %s comes out literally', async (text) => {
    const caller = await createServiceCaller(app, { name: text })
    const { target, code, verify } = await sendCode(caller, newEmail(), text)
    expect((await caller.read('records')).body.records).toMatchObject([{ target, recordId: text }])
    expect((await verify(code)).body.valid).toBe(true)

    const [entry] = await app.inbox.entries(target)
    expect(entry?.text).toContain(text)
    expect(entry?.html).not.toContain('<script>alert')
    expect(entry?.html?.replaceAll(code, '')).not.toContain('49')
  })

  test('a target is kept as it was written and found however it is spelled', async () => {
    const caller = await createServiceCaller(app)
    const email = newEmail()
    await caller.send({ target: ` ${email.toUpperCase()} `, channel: 'email' })
    const found = await caller.read(`records?target=${email}`)
    expect(found.body.records).toMatchObject([{ target: ` ${email.toUpperCase()} ` }])
    expect((await caller.verify({ target: email, code: await app.inbox.lastCode(email) })).body.valid).toBe(
      true,
    )
  })

  test('a national number is one of the region of the project', async () => {
    const caller = await createServiceCaller(app, { settings: { region: 'IN' } })
    expect((await caller.send({ target: '9175113022', channel: 'whatsapp' })).status).toBe(201)
    const code = await app.inbox.lastCode('+919175113022')
    expect((await caller.verify({ target: '+919175113022', code })).body.valid).toBe(true)

    expect((await caller.send({ target: '+919175113022', channel: 'whatsapp' })).status).toBe(201)
    const next = await app.inbox.lastCode('+919175113022')
    expect((await caller.verify({ target: '9175113022', code: next })).body.valid).toBe(true)
  })
})
