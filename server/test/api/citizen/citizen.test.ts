import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parsePhoneNumber } from '../../../src/domain/address.ts'
import { createImportStore } from '../../../src/storage/stores/imports.ts'
import { createProjectStore } from '../../../src/storage/stores/projects.ts'
import { importedAccount } from '../../harness/account-world.ts'
import type { TestRequestHeaders } from '../../harness/ask.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { atOnce, countStatuses, createKey } from '../service/service-caller.ts'

// One mount for each way to show codes. The caller's network comes from a proxy header, so that tests can choose it.
const mounts = `
mounts:
  - dialect: citizen
  - {dialect: citizen, prefix: /nobody, codeInResponse: false}
  - {dialect: citizen, prefix: /key, codes: {apiKey: true}}
  - {dialect: citizen, prefix: /networks, codes: {networks: [198.51.100.0/24, "2001:db8:1::/48"]}}
  - dialect: service
`

const folder = mkdtempSync(join(tmpdir(), 'watchword-citizen-'))
let app: TestApp

beforeAll(async () => {
  const file = join(folder, 'watchword.yaml')
  writeFileSync(file, mounts)
  app = await startTestApp({ env: { WATCHWORD_CONFIG: file, TRUST_PROXY: '1' } })
})
afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(() => app.db.query('delete from limits'))

const from = (network: string): TestRequestHeaders => ({ 'x-forwarded-for': network })
let numbers = 0

/** New citizens, by their numbers as they would write them. */
async function addCitizens(count: number): Promise<string[]> {
  const written = Array.from({ length: count }, () => {
    numbers += 1
    return `05${String(numbers).padStart(8, '0')}`
  })
  const people = written.map((number) =>
    importedAccount({ type: 'CITIZEN', phone: parsePhoneNumber(number, { region: 'CI' }) }),
  )
  const options = { keep: 'all-or-none' as const, onProgress: () => {} }
  const { stored } = await createImportStore(app.db.database).storeAll(app.projects.citizen, people, options)
  expect(stored).toBe(count)
  return written
}

const addCitizen = async (): Promise<string> => (await addCitizens(1))[0] ?? ''
const create = (phoneNumber: string, headers: TestRequestHeaders = {}, prefix = '') =>
  app.post(`${prefix}/otp`, { type: 'create', phoneNumber }, headers)
const resend = (phoneNumber: string, headers: TestRequestHeaders = {}) =>
  app.post('/otp', { type: 'resend', phoneNumber }, headers)
const verify = (phoneNumber: string, otp: unknown, headers: TestRequestHeaders = {}) =>
  app.post('/otp/verify', { phoneNumber, otp }, headers)
const codeTo = (phoneNumber: string) => app.inbox.lastCode(`+225${phoneNumber}`)
const challengesOf = (phoneNumber: string): Promise<{ tries: number; used_at: Date | null }[]> =>
  app.db.query('select tries, used_at from challenges where address = $1 order by id desc', [
    `+225${phoneNumber}`,
  ])

const invalid = { status: 'error', message: 'OTP invalide ou expiré', data: null }

describe('who sees a code', () => {
  test('in development anyone, but no page of a browser', async () => {
    const phone = await addCitizen()
    const shown = await create(phone)
    expect(shown.body.data.otp).toBe(await codeTo(phone))
    expect((await resend(phone, { origin: 'https://example.com' })).body.data.otp).toBe('*****')
    expect((await resend(phone, { origin: 'null' })).body.data.otp).toBe('*****')
    expect((await verify(phone, await codeTo(phone))).status).toBe(200)
  })

  test('nobody: as many asterisks as digits, and the code goes out by SMS alone', async () => {
    const phone = await addCitizen()
    const { status, body } = await create(phone, from('198.51.100.7'), '/nobody')
    expect([status, body.data.otp]).toEqual([201, '*****'])
    expect((await verify(phone, await codeTo(phone))).status).toBe(200)
  })

  test('K2: a key needs the scope otp:read-code and the workspace of the project', async () => {
    const workspaceId = (await createProjectStore(app.db.database).find(app.projects.citizen))?.workspaceId
    if (workspaceId === undefined) throw new Error('the demo project is gone')
    const right = await createKey(app, workspaceId, ['otp:read-code'])
    const wrongScope = await createKey(app, workspaceId, ['otp'])
    const foreign = await createProjectStore(app.db.database).create({
      id: null,
      workspaceId: null,
      name: 'Foreign',
      settings: (await createProjectStore(app.db.database).list())[0]?.settings as never,
      tokensGranted: null,
    })
    const foreignKey = await createKey(app, foreign.workspaceId, ['otp:read-code'])

    const seen = async (headers: TestRequestHeaders) => {
      const phone = await addCitizen()
      const { status, body } = await create(phone, headers, '/key')
      return [status, body.data.otp === (await codeTo(phone)) ? 'code' : body.data.otp]
    }
    expect(await seen({ 'x-api-key': right.key })).toEqual([201, 'code'])
    expect(await seen({})).toEqual([201, '*****'])
    expect(await seen({ 'x-api-key': 'ww_wrong' })).toEqual([201, '*****'])
    expect(await seen({ 'x-api-key': wrongScope.key })).toEqual([201, '*****'])
    expect(await seen({ 'x-api-key': foreignKey.key })).toEqual([201, '*****'])
    expect(await seen({ 'x-api-key': right.key, origin: 'https://example.com' })).toEqual([201, '*****'])
  })

  test('networks: the listed ones, and a forged header changes nothing', async () => {
    const seen = async (network: string, headers: TestRequestHeaders = {}) => {
      const { body } = await create(await addCitizen(), { ...from(network), ...headers }, '/networks')
      return body.data.otp !== '*****'
    }
    expect(await seen('198.51.100.7')).toBe(true)
    expect(await seen('2001:db8:1:2::5')).toBe(true)
    expect(await seen('2001:db8:2::5')).toBe(false)
    expect(await seen('203.0.113.9')).toBe(false)
    expect(await seen('198.51.100.7, 203.0.113.9')).toBe(false)
    expect(await seen('nonsense')).toBe(false)
    expect(await seen('198.51.100.7', { origin: 'https://example.com' })).toBe(false)
  })
})

describe('sends', () => {
  test('C4: `code` and `otp` in the request change nothing', async () => {
    const phone = await addCitizen()
    const { body } = await app.post('/otp', {
      type: 'create',
      phoneNumber: phone,
      otp: '11111',
      code: '11111',
    })
    expect(body.data.otp).toBe(await codeTo(phone))
    expect(body.data.otp).not.toBe('11111')
    expect((await verify(phone, '11111')).status).toBe(400)
  })

  test('S1: five sends in ten minutes, whoever asks: strangers leave the last to who has proven the number', async () => {
    const phone = await addCitizen()
    const owner = from('198.51.100.7')
    await create(phone, owner)
    expect((await verify(phone, await codeTo(phone), owner)).status).toBe(200)

    const answers = []
    await create(phone, from('203.0.113.1'))
    for (let count = 2; count <= 7; count += 1) answers.push(await resend(phone, from(`203.0.113.${count}`)))
    expect(countStatuses(answers)).toEqual({ 200: 3, 429: 3 })
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(590)
    expect((await resend(phone, owner)).status).toBe(200)
    expect((await resend(phone, owner)).status).toBe(429)
  })

  test('S1: a network that has not proven a number spends three of its sends', async () => {
    const phone = await addCitizen()
    const statuses = [(await create(phone, from('203.0.113.1'))).status]
    for (const network of ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2'])
      statuses.push((await resend(phone, from(network))).status)
    expect(statuses).toEqual([201, 200, 200, 429, 200])
  })

  test('S2: thirty sends an hour from one network', async () => {
    const citizens = await addCitizens(32)
    const answers = []
    for (const phone of citizens.slice(0, 31)) answers.push(await create(phone, from('203.0.113.50')))
    expect(countStatuses(answers)).toEqual({ 201: 30, 429: 1 })
    const forged = await create(citizens[31] ?? '', from('192.0.2.1, 203.0.113.50'))
    expect(forged.status).toBe(429)
    expect((await create(citizens[31] ?? '', from('203.0.113.51'))).status).toBe(201)
  })

  test('S2: a system that may see codes serves many citizens', async () => {
    const citizens = await addCitizens(31)
    const answers = []
    for (const phone of citizens) answers.push(await create(phone, from('198.51.100.7'), '/networks'))
    expect(countStatuses(answers)).toEqual({ 201: 31 })
  })

  test('after ten distinct unknown numbers a network is told nothing about any number', async () => {
    const phone = await addCitizen()
    const ask = (number: string) => create(number, from('203.0.113.60'))
    const answers = []
    for (let count = 0; count < 12; count += 1) answers.push(await ask(`07000000${10 + count}`))
    expect(countStatuses(answers)).toEqual({ 400: 10, 429: 2 })
    expect((await ask(phone)).status).toBe(429)
    expect((await create(phone, from('203.0.113.61'))).status).toBe(201)
  })

  test('S6: a refused send stores and sends nothing', async () => {
    const phone = await addCitizen()
    await create(phone)
    const sent = (await app.inbox.entries()).length
    const answers = [
      await create(phone),
      await create('0700000000'),
      await resend('9876543210'),
      await create('x'),
    ]
    expect(countStatuses(answers)).toEqual({ 400: 4 })
    expect(await challengesOf(phone)).toHaveLength(1)
    expect((await app.inbox.entries()).length).toBe(sent)
  })

  test('of twenty simultaneous creates one makes a code', async () => {
    const phone = await addCitizen()
    expect(countStatuses(await atOnce(20, () => create(phone)))).toEqual({ 201: 1, 400: 19 })
  })

  test('a number of another project, or of another type of account, is no citizen', async () => {
    expect((await create('+255712345678')).status).toBe(400)
  })
})

describe('guesses', () => {
  test('V8: what is no string of five digits is refused before anything is looked up or counted', async () => {
    const phone = await addCitizen()
    await create(phone)
    const code = await codeTo(phone)
    for (const otp of [
      null,
      '',
      Number(code),
      [code],
      { code },
      true,
      `x${code}`,
      ` ${code} ${code}`,
      '1234',
      '123456',
      '1e400',
      '-1234',
    ]) {
      const { status, body } = await verify(phone, otp)
      expect([otp, status, body]).toEqual([
        otp,
        400,
        { status: 'error', message: expect.any(String), data: null },
      ])
    }
    expect(await challengesOf(phone)).toMatchObject([{ tries: 0 }])
    expect((await verify(phone, code)).status).toBe(200)
  })

  test('V2: of fifty simultaneous correct guesses exactly one is accepted', async () => {
    const phone = await addCitizen()
    await create(phone)
    const code = await codeTo(phone)
    expect(countStatuses(await atOnce(50, () => verify(phone, code)))).toEqual({ 200: 1, 400: 49 })
  })

  test('V3: five digits stand three guesses, however many come at once', async () => {
    const phone = await addCitizen()
    await create(phone)
    const code = await codeTo(phone)
    await atOnce(40, () => verify(phone, wrongCode(code)))
    expect(await challengesOf(phone)).toMatchObject([{ tries: 3 }])
    expect((await verify(phone, code)).status).toBe(400)
  })

  test('V4: ten wrong guesses in a row lock the number for a day, and a resend resets nothing', async () => {
    const phone = await addCitizen()
    await create(phone)
    for (let guess = 0; guess < 10; guess += 1) {
      if (guess > 0 && guess % 3 === 0) expect((await resend(phone)).status).toBe(200)
      await verify(phone, wrongCode(await codeTo(phone)))
    }
    const refused = await resend(phone)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '86400'])
    expect((await verify(phone, await codeTo(phone))).body).toEqual(invalid)

    await app.moveClock(24 * 3_600_000)
    expect((await create(phone)).status).toBe(201)
    expect((await verify(phone, await codeTo(phone))).status).toBe(200)
  })

  test('V5: failed guesses of a project, and distinct numbers that one network fails on, are limited', async () => {
    const [first = '', second = '', third = ''] = await addCitizens(3)
    await app.changeProject(app.projects.citizen, { settings: { failedAddressesPerCallerHour: 2 } })
    const stranger = from('203.0.113.70')
    expect((await verify(first, '12345', stranger)).status).toBe(400)
    expect((await verify(second, '12345', stranger)).status).toBe(400)
    const sprayed = await verify(third, '12345', stranger)
    expect([sprayed.status, sprayed.body.data]).toEqual([429, null])
    expect(Number(sprayed.headers.get('retry-after'))).toBeGreaterThan(3_500)

    await app.db.query('delete from limits')
    const settings = { failedChecksPerHour: 2, failedChecksPerCallerHour: 4 }
    await app.changeProject(app.projects.citizen, { settings })
    // What is compared with no code counts for its network alone.
    for (const status of [400, 400, 400, 400, 429])
      expect((await verify(first, '12345', stranger)).status).toBe(status)
    await create(first, from('203.0.113.71'))
    const wrong = wrongCode(await codeTo(first))
    for (const [network, status] of [
      [72, 400],
      [73, 400],
      [74, 429],
    ])
      expect((await verify(first, wrong, from(`203.0.113.${network}`))).status).toBe(status)
    await app.changeProject(app.projects.citizen, {
      settings: {
        failedChecksPerHour: 500,
        failedChecksPerCallerHour: 200,
        failedAddressesPerCallerHour: 20,
      },
    })
  })

  test('V1, V5: a guess that was compared counts, though others fill the limit before it is written', async () => {
    const [decoy = '', phone = ''] = await addCitizens(2)
    await create(phone)
    const stranger = from('203.0.113.71')
    expect((await verify(decoy, '12345', stranger)).status).toBe(400)

    const others = new pg.Client({ connectionString: app.db.connectionString })
    await others.connect()
    await others.query("begin; update limits set count = 20 where scope = 'failed-addresses'")
    const guess = verify(phone, wrongCode(await codeTo(phone)), stranger)
    await until(app.db.isBlocked)
    await others.query('commit')
    await others.end()

    expect((await guess).status).toBe(429)
    expect(await challengesOf(phone)).toEqual([{ tries: 1, used_at: null }])
    const failures = 'select failures_in_row from recipients where address = $1'
    expect(await app.db.query(failures, [`+225${phone}`])).toEqual([{ failures_in_row: 1 }])
  })

  test('V7: wrong, expired, used, locked, never issued and unknown are told alike', async () => {
    const [wrong = '', used = '', locked = '', never = ''] = await addCitizens(4)
    for (const phone of [wrong, used, locked]) await create(phone)
    await verify(used, await codeTo(used))
    const lockedCode = await codeTo(locked)
    for (let guess = 0; guess < 3; guess += 1) await verify(locked, wrongCode(lockedCode))
    const answers = [
      await verify(wrong, wrongCode(await codeTo(wrong))),
      await verify(used, await codeTo(used)),
      await verify(locked, lockedCode),
      await verify(never, '12345'),
      await verify('0700000000', '12345'),
    ]
    await app.moveClock(5 * 60_000)
    answers.push(await verify(wrong, await codeTo(wrong)))
    for (const { status, body } of answers) expect([status, body]).toEqual([400, invalid])
  })

  test('V10: a code is valid until the moment it expires, by the clock of the database', async () => {
    const [early = '', late = ''] = await addCitizens(2)
    await create(early)
    await create(late)
    await app.moveClock(299_000)
    expect((await verify(early, await codeTo(early))).status).toBe(200)
    await app.moveClock(1_000)
    expect((await verify(late, await codeTo(late))).body).toEqual(invalid)
  })
})
