import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EmailAddress, PhoneNumber } from '../../../src/domain/address.ts'
import type { Caller } from '../../../src/domain/caller.ts'
import type { Project } from '../../../src/domain/project.ts'
import { pairSubject } from '../../../src/engine/codes/keep-proof.ts'
import {
  type AccountWorld,
  caller,
  createAccountWorld,
  email,
  goodPassword,
  phone,
  registerUser,
} from '../../harness/account-world.ts'
import { purposeNamed } from '../../harness/purposes.ts'

let world: AccountWorld
let project: Project
const mobile = phone('+919175113022')
const otherMobile = phone('+919175113023')
const mail = email('user@example.test')
const elsewhere: Caller = { ...caller, network: '203.0.113.1' }

beforeAll(async () => {
  world = await createAccountWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  project = await world.createProject()
  world.messages.length = 0
})

type Claim = { number?: PhoneNumber; address?: EmailAddress | null }

/** Does what `send` and `verify` do: sends a code to the address of the claim, and keeps its proof. */
async function prove(
  name: 'mobile-signup' | 'mobile-login',
  { number = mobile, address = mail }: Claim = {},
): Promise<string> {
  const purpose = purposeNamed(name)
  const subject = pairSubject({ phone: number, email: address })
  const channel = address === null ? 'sms' : 'email'
  await world.sendCode({
    project,
    purpose,
    channel,
    ...subject,
    target: number,
    content: 'code',
    languages: { asked: null, accepted: 'en' },
    caller,
  })
  const check = await world.checkCode({
    project,
    purpose,
    ...subject,
    code: world.lastCode(subject.address),
    caller,
  })
  if (!check.ok) throw new Error(`the code was refused: ${check.refusal}`)
  return (await world.keepProof(check.proof, { purpose, caller })).reveal()
}

const signUp = (
  verificationToken: unknown,
  { number = mobile, address = mail, from = caller }: Claim & { from?: Caller } = {},
) =>
  world.signUpWithProof({
    project,
    phone: number,
    email: address,
    verificationToken,
    caller: from,
    fullName: 'John Doe',
    label: 'iPhone 13',
  })

const logIn = (
  verificationToken: unknown,
  { number = mobile, address = mail, from = caller }: Claim & { from?: Caller } = {},
) => world.logInWithProof({ project, phone: number, email: address, verificationToken, caller: from })

test('a kept proof signs up and logs in, each once', async () => {
  const token = await prove('mobile-signup')
  const signedUp = await signUp(token)
  expect(signedUp).toMatchObject({
    ok: true,
    account: { fullName: 'John Doe', phone: mobile, phoneVerifiedAt: null },
  })
  expect(signedUp.ok && signedUp.account.emailVerifiedAt).toBeInstanceOf(Date)
  // The same request, sent again: it made the account, and makes no other.
  expect(await signUp(token)).toEqual({ ok: false, refusal: 'account-exists' })

  await prove('mobile-login')
  expect(await logIn(undefined)).toMatchObject({ ok: true, account: { email: mail } })
  expect(await logIn(undefined)).toEqual({ ok: false, refusal: 'not-verified' })
})

test('a proof is bound to its token, or to the network and user agent of its prover', async () => {
  const token = await prove('mobile-signup')
  const missing = { ok: false, refusal: 'not-verified' }
  expect(await signUp(undefined, { from: elsewhere })).toEqual(missing)
  expect(await signUp(undefined, { from: { ...caller, userAgent: 'other' } })).toEqual(missing)
  expect(await signUp('wwv_wrong')).toEqual(missing)
  expect(await signUp(`${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`)).toEqual(missing)
  expect(await signUp({ $ne: null })).toEqual(missing)
  expect(await signUp(token, { number: otherMobile })).toEqual(missing)
  expect(await logIn(token)).toEqual(missing)
  expect(await signUp(token, { from: elsewhere })).toMatchObject({ ok: true })
})

test('a project can demand the token', async () => {
  project = await world.createProject({ requireVerificationToken: true })
  const token = await prove('mobile-signup')
  expect(await signUp(undefined)).toEqual({ ok: false, refusal: 'not-verified' })
  expect(await signUp(token)).toMatchObject({ ok: true })
})

test('of fifty simultaneous logins on four nodes with one proof one succeeds', async () => {
  await signUp(await prove('mobile-signup'))
  const nodes = [world, ...(await Promise.all([world.startNode(), world.startNode(), world.startNode()]))]
  const verificationToken = await prove('mobile-login')
  const claim = { project, phone: mobile, email: mail, verificationToken, caller }
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => nodes[index % nodes.length]?.logInWithProof(claim)),
  )
  expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(1)
})

test('a proof lives ten minutes for a sign-up and two for a login', async () => {
  await signUp(await prove('mobile-signup'))
  const login = await prove('mobile-login')
  const other = { number: otherMobile, address: null }
  const late = await prove('mobile-signup', other)
  await world.moveClock(2 * 60_000)
  expect(await logIn(login)).toMatchObject({ ok: false })
  await world.moveClock(8 * 60_000)
  expect(await signUp(late, other)).toMatchObject({ ok: false })
})

test('A6: a code that was e-mailed opens no account by the mobile beside it', async () => {
  await signUp(await prove('mobile-signup', { address: null }), { address: null })
  const attacker = email('mallory@example.test')

  // The victim has proven the mobile. The attacker may claim it beside an address of the attacker's own.
  const signedUp = await signUp(await prove('mobile-signup', { address: attacker }), { address: attacker })
  expect(signedUp).toMatchObject({ ok: true, account: { id: 2, phoneVerifiedAt: null } })
  const login = await logIn(await prove('mobile-login', { address: attacker }), { address: attacker })
  expect(login).toMatchObject({ ok: true, account: { id: 2 } })
  expect(
    await world.findAccount.byMobile({ projectId: project.id, phone: mobile, email: null }),
  ).toMatchObject({ id: 1 })
})

test('A6: a mobile that was only claimed belongs to whoever proves it by SMS', async () => {
  await signUp(await prove('mobile-signup'))
  expect(await world.findAccount.byMobile({ projectId: project.id, phone: mobile, email: null })).toBeNull()
  expect(await logIn(await prove('mobile-login', { address: null }), { address: null })).toMatchObject({
    ok: false,
  })

  const token = await prove('mobile-signup', { address: null })
  expect(await signUp(token, { address: null })).toMatchObject({ ok: true, account: { id: 2, email: null } })
  expect(await logIn(await prove('mobile-login', { address: null }), { address: null })).toMatchObject({
    account: { id: 2 },
  })
  expect(await logIn(await prove('mobile-login'))).toMatchObject({ account: { id: 1 } })
})

test('A5: a sign-up by proof takes the address from a registration that nobody verified', async () => {
  await registerUser(world, project, { address: mail, isVerified: false })
  const signedUp = await signUp(await prove('mobile-signup'))

  expect(signedUp).toMatchObject({ ok: true, account: { email: mail, firstName: null } })
  const login = await world.logInWithPassword({ project, email: mail, password: goodPassword })
  expect(login).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
})

test('an address that was proven meanwhile is told to its prover', async () => {
  const first = await prove('mobile-signup', { number: otherMobile })
  const second = await prove('mobile-signup')
  expect(await signUp(first, { number: otherMobile })).toMatchObject({ ok: true })
  expect(await signUp(second)).toEqual({ ok: false, refusal: 'account-exists' })
})
