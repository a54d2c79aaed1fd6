import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckRefusal } from '../../src/domain/judge-check.ts'
import type { SendCodeRefusal } from '../../src/engine/codes/send-code.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { createDialectHost, type DialectHost } from '../harness/dialect-app.ts'

/*
 * Every refusal of every use case as `kikapu` and `mobile` answer it over HTTP.
 */

let host: DialectHost

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())

type Case = { refusal: string; status: number; message: string }

/** A use case that refuses, with the time to wait. */
const refusing = (name: keyof Engine, { refusal }: Case) => ({
  [name]: async () => ({ ok: false, refusal, retryAfterSeconds: 7, usage: [] }),
})

async function expectAnswer(
  { path, body, useCase }: { path: string; body: object; useCase: keyof Engine },
  one: Case,
): Promise<void> {
  const app = await host.startApp({ settings: { region: 'IN' }, instead: refusing(useCase, one) })
  const { status, body: answered } = await app.post(path, body)
  expect({ status, message: answered.message }).toEqual({ status: one.status, message: one.message })
}

const cases = <Refusal extends string>(answers: Record<Refusal, [status: number, message: string]>): Case[] =>
  (Object.entries(answers) as [Refusal, [number, string]][]).map(([refusal, [status, message]]) => ({
    refusal,
    status,
    message,
  }))

const allCodes = (
  status: number,
  message: string,
): Record<Exclude<CheckRefusal, 'too-many-requests'>, [number, string]> => ({
  unknown: [status, message],
  used: [status, message],
  expired: [status, message],
  locked: [status, message],
  mismatch: [status, message],
})
const tooMany = 'Too many requests. Please try again later'

describe('kikapu answers every refusal', () => {
  const phoneNumber = '+255712345678'
  const tooManySends = 'Too many OTPs were requested for this number. Please try again later'

  test.each(
    cases<CheckRefusal | 'unknown-account' | 'too-many-unknown-addresses' | 'unknown-business'>({
      ...allCodes(401, 'OTP expired or invalid'),
      'too-many-requests': [429, tooMany],
      'too-many-unknown-addresses': [429, tooMany],
      'unknown-account': [404, 'User not found'],
      'unknown-business': [404, 'Business not found'],
    }),
  )('of verify-otp: $refusal', (one) =>
    expectAnswer(
      { path: '/auth/api/verify-otp/', body: { phoneNumber, otp: '12345' }, useCase: 'logInByPhone' },
      one,
    ),
  )

  test.each(
    cases<SendCodeRefusal<'caller' | 'guards'> | 'unknown-account' | 'delivery-failed'>({
      'address-locked': [400, tooManySends],
      'too-many-sends': [400, tooManySends],
      'too-soon': [400, 'OTP resent too soon (must wait 60 seconds between resend requests)'],
      'too-many-requests': [400, tooMany],
      'too-many-unknown-addresses': [429, tooMany],
      'unknown-account': [404, 'User not found'],
      'over-budget': [400, tooMany],
      'destination-stopped': [400, tooMany],
      'caller-refused': [400, tooMany],
      'destination-refused': [400, 'No OTP can be sent to this phone number'],
      'work-required': [400, 'A proof of work is required: GET /auth/api/altcha gives the puzzle'],
      'delivery-failed': [500, 'Failed to send SMS'],
    }),
  )('of resend-otp: $refusal, $status', (one) =>
    expectAnswer({ path: '/auth/api/resend-otp/', body: { phoneNumber }, useCase: 'requestPhoneCode' }, one),
  )

  test.each(
    cases<'wrong' | 'inactive'>({
      wrong: [404, 'Agent not found or invalid credentials'],
      inactive: [403, 'Agent account is inactive'],
    }),
  )('of agent/login: $refusal', (one) =>
    expectAnswer(
      {
        path: '/auth/api/agent/login/',
        body: { phoneNumber, password: 'x' },
        useCase: 'logInWithPhonePassword',
      },
      one,
    ),
  )
})

describe('mobile answers every refusal', () => {
  const who = { mobile: '9175113022', email: 'user@example.com' }
  const tooManySends = 'Too many OTP requests. Please try again later'
  const notVerified = 'Mobile number not verified. Please verify OTP first'

  test.each(
    cases<SendCodeRefusal<'caller'>>({
      'address-locked': [429, tooManySends],
      'too-many-sends': [429, tooManySends],
      'too-soon': [429, tooManySends],
      'too-many-requests': [429, tooManySends],
      'over-budget': [429, tooManySends],
      'destination-stopped': [429, tooManySends],
      'caller-refused': [429, tooManySends],
      'destination-refused': [400, 'No OTP can be sent there'],
      'work-required': [400, 'A proof of work is required: GET /api/auth/otp/altcha gives the puzzle'],
    }),
  )('of send: $refusal', (one) =>
    expectAnswer(
      { path: '/api/auth/otp/send', body: { ...who, type: 'signup' }, useCase: 'requestPairCode' },
      one,
    ),
  )

  test.each(cases<CheckRefusal>({ ...allCodes(400, 'Invalid OTP'), 'too-many-requests': [429, tooMany] }))(
    'of verify: $refusal',
    (one) =>
      expectAnswer(
        {
          path: '/api/auth/otp/verify',
          body: { ...who, type: 'signup', otp: '123456' },
          useCase: 'verifyPairCode',
        },
        one,
      ),
  )

  test.each(
    cases<'not-verified' | 'account-exists'>({
      'not-verified': [400, notVerified],
      'account-exists': [400, 'User already registered. Please log in'],
    }),
  )('of signup: $refusal', (one) =>
    expectAnswer(
      { path: '/api/auth/otp/signup', body: { ...who, fullName: 'John Doe' }, useCase: 'signUpWithProof' },
      one,
    ),
  )

  test.each(cases<'not-verified'>({ 'not-verified': [400, notVerified] }))('of login: $refusal', (one) =>
    expectAnswer({ path: '/api/auth/otp/login', body: who, useCase: 'logInWithProof' }, one),
  )

  test.each([
    ['verify', { otp: '123456', type: 'signup' }, 'Invalid OTP'],
    ['signup', { fullName: 'John Doe' }, notVerified],
    ['login', {}, notVerified],
  ])('of a mobile that nobody asked a code for, at %s', (route, more, message) =>
    expectAnswer(
      { path: `/api/auth/otp/${route}`, body: { ...who, ...more }, useCase: 'readEnteredPhone' },
      { refusal: 'unasked', status: 400, message },
    ),
  )

  test.each([
    ['verify', { otp: '123456', type: 'signup' }],
    ['signup', { fullName: 'John Doe' }],
    ['login', {}],
  ])('of a mobile that is no number, at %s', (route, more) =>
    expectAnswer(
      { path: `/api/auth/otp/${route}`, body: { ...who, ...more }, useCase: 'readEnteredPhone' },
      { refusal: 'no-number', status: 400, message: 'Invalid mobile number' },
    ),
  )
})
