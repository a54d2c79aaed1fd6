import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailAddress, PhoneNumber } from '../../src/domain/address.ts'
import { createImportStore } from '../../src/storage/stores/imports.ts'
import { importedAccount } from '../harness/account-world.ts'
import { demoProjects } from '../harness/demo-projects.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { readOperations } from '../slow/fuzz/operations.ts'

/*
 * All five dialects on one project and two nodes, and one person with one phone and one e-mail address: whichever route
 * checks or sends a code, it counts for the same person. Every request comes from another network.
 */

const folder = mkdtempSync(join(tmpdir(), 'watchword-doors-'))
let app: TestApp
let second: TestApp

beforeAll(async () => {
  const file = join(folder, 'watchword.yaml')
  const keyless = ['citizen', 'account', 'kikapu', 'mobile']
  writeFileSync(
    file,
    JSON.stringify({
      mounts: [
        { dialect: 'service' },
        ...keyless.map((dialect) => ({ dialect, project: demoProjects.service, prefix: `/${dialect}` })),
      ],
    }),
  )
  app = await startTestApp({ env: { WATCHWORD_CONFIG: file, TRUST_PROXY: '1' } })
  second = await app.startSecondNode()
  const people = [
    importedAccount({ type: 'CITIZEN', phone }),
    importedAccount({ type: 'BUSINESS', phone, fullName: 'Ada Byron' }),
    importedAccount({ type: 'USER', email, firstName: 'Ada' }),
  ]
  const options = { keep: 'all-or-none' as const, onProgress: () => {} }
  const { problems } = await createImportStore(app.db.database).storeAll(
    app.projects.service,
    people,
    options,
  )
  expect(problems).toEqual([])
})
afterAll(async () => {
  await second?.stop()
  await app?.stop()
  rmSync(folder, { recursive: true })
})

const phone = '+255712349999' as PhoneNumber
const email = 'everywhere@example.com' as EmailAddress
const chosen = { 5: '00000', 6: '000000' }

let requests = 0
/** Sends every request from another network, and alternates between the nodes. */
const post = (path: string, body: object) => {
  requests += 1
  const node = requests % 2 === 0 ? app : second
  return node.post(path, body, { ...app.serviceHeaders, 'x-forwarded-for': `198.51.100.${requests}` })
}

const [citizen, kikapu, mobile, service] = [
  { phoneNumber: phone },
  { phoneNumber: phone },
  { mobile: phone, type: 'verification' },
  { target: phone, channel: 'whatsapp' },
]
const mobileByMail = { ...mobile, email }
const serviceByMail = { target: email, channel: 'email' }
const purpose = (name: string) => ({ email, purpose: name })

type Door = { address: string; send: [path: string, body: object] | null; path: string; body: object }

/** Every route that takes a code, and the request that sends one; null for the code of the previous route. */
const doors: Door[] = [
  {
    address: phone,
    send: ['/citizen/otp', { ...citizen, type: 'create' }],
    path: '/citizen/otp/verify',
    body: { ...citizen, otp: chosen[5] },
  },
  {
    address: phone,
    send: ['/kikapu/auth/api/resend-otp/', kikapu],
    path: '/kikapu/auth/api/verify-otp/',
    body: { ...kikapu, otp: chosen[5] },
  },
  {
    address: phone,
    send: ['/mobile/api/auth/otp/send', mobile],
    path: '/mobile/api/auth/otp/verify',
    body: { ...mobile, otp: chosen[6] },
  },
  {
    address: phone,
    send: ['/api/v1/otp/send', service],
    path: '/api/v1/otp/verify',
    body: { ...service, code: chosen[6] },
  },
  {
    address: email,
    send: ['/account/auth/otp/generate', purpose('ACCOUNT_VERIFICATION')],
    path: '/account/auth/verify',
    body: { email, code: chosen[6] },
  },
  {
    address: email,
    send: ['/account/auth/login/otp/generate', { email }],
    path: '/account/auth/login/otp',
    body: { email, code: chosen[6] },
  },
  {
    address: email,
    send: null,
    path: '/account/auth/otp/validate',
    body: { ...purpose('LOGIN_CONFIRMATION'), code: chosen[6] },
  },
  {
    address: email,
    send: ['/account/auth/forgot-password', { email }],
    path: '/account/auth/reset-password',
    body: { email, code: chosen[6], newPassword: 'another quiet otter' },
  },
  {
    address: email,
    send: ['/mobile/api/auth/otp/send', mobileByMail],
    path: '/mobile/api/auth/otp/verify',
    body: { ...mobileByMail, otp: chosen[6] },
  },
  {
    address: email,
    send: ['/api/v1/otp/send', serviceByMail],
    path: '/api/v1/otp/verify',
    body: { ...serviceByMail, code: chosen[6] },
  },
]

/**
 * Operators give codes of the server's own project, and of their authenticator apps: those have their budget in
 * api/operators/sign-in.test.ts and second-factors.test.ts.
 */
const operatorDoors = [
  '/admin/v1/session/totp/confirm',
  '/admin/v1/sign-in/second-factor/recovery-code',
  '/admin/v1/sign-in/second-factor/totp',
  '/admin/v1/sign-in/verify',
]

test('V6: the doors are all the routes whose body has a code', async () => {
  const operations = readOperations((await app.get('/openapi.json')).body)
  const taking = operations
    .filter(({ fields }) => fields.some((field) => /^code$|otp/i.test(field)))
    .map(({ path }) => path)
  expect(taking.sort()).toEqual([...new Set(doors.map(({ path }) => path)), ...operatorDoors].sort())
})

test('V4, V6, C4: a wrong guess at any door, by anybody, counts on its address, and no door takes a code that its sender chose', async () => {
  const failures = async (address: string) => {
    const rows = await app.db.query<{ failures_in_row: number }>(
      'select failures_in_row from recipients where address = $1',
      [address],
    )
    return rows.map(({ failures_in_row }) => failures_in_row)
  }
  const counts: Record<string, number> = { [phone]: 0, [email]: 0 }
  for (const { address, send, path, body } of doors) {
    const sent = send === null ? null : await post(send[0], { otp: chosen[5], code: chosen[6], ...send[1] })
    expect([path, (sent?.status ?? 200) < 300]).toEqual([path, true])
    await post(path, body)
    counts[address] = (counts[address] ?? 0) + 1
    expect([path, await failures(address)]).toEqual([path, [counts[address]]])
  }
})

test('S1: five codes to an address are five, whichever doors sent them, and by whichever channel', async () => {
  const more: [path: string, body: object][] = [
    ['/api/v1/otp/send', { ...service, recordId: 'another' }],
    ['/citizen/otp', { ...citizen, type: 'resend' }],
    ['/mobile/api/auth/otp/send', { mobile: phone, type: 'signup' }],
    ['/api/v1/otp/send', { ...service, recordId: 'one more' }],
    ['/mobile/api/auth/otp/send', mobileByMail],
    ['/account/auth/forgot-password', { email }],
    ['/api/v1/otp/send', { ...serviceByMail, recordId: 'another' }],
  ]
  const answers = []
  for (const [path, body] of more) answers.push([path, (await post(path, body)).status])
  // Four codes were sent to the phone so far, and five to the e-mail address.
  expect(answers).toEqual(more.map(([path], index) => [path, index === 0 ? 201 : 429]))
})
