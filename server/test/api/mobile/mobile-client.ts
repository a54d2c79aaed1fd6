import { expect } from 'vitest'
import type { DialectApp } from '../../harness/dialect-app.ts'

/*
 * A client of the dialect `mobile`, as tests of its routes use it. Mobiles are national numbers of India.
 */

export const base = '/api/auth/otp'

export const notVerified = {
  status: 400,
  body: { success: false, message: 'Mobile number not verified. Please verify OTP first', data: null },
}
export const invalidOtp = { status: 400, body: { success: false, message: 'Invalid OTP', data: null } }

export type Who = { mobile: string; email?: string | null }
export type Type = 'signup' | 'login' | 'verification'
type Headers = Record<string, string>

export const nationalOf = (phone: string) => phone.slice(3)
export const e164 = (mobile: string) => `+91${mobile}`

/** Sends requests to the app that `current` returns at that moment. */
export function createMobileClient(current: () => DialectApp) {
  const post = (path: string, body: object, headers: Headers = {}) =>
    current().post(base + path, body, headers)
  const client = {
    send: (who: Who, type: Type) => post('/send', { ...who, type }),
    verify: (who: Who, type: Type, otp: unknown, headers: Headers = {}) =>
      post('/verify', { ...who, type, otp }, headers),
    signup: (who: object, headers: Headers = {}) =>
      post('/signup', { fullName: 'Ada Byron', ...who }, headers),
    login: (who: object, headers: Headers = {}) => post('/login', who, headers),

    /** The code that was just sent. */
    async sendCode(who: Who, type: Type): Promise<string> {
      expect(await client.send(who, type)).toMatchObject({ status: 200 })
      return current().lastCode(who.email ?? e164(who.mobile), `mobile-${type}`)
    },
    /** Sends and verifies; returns the verification token. */
    async prove(who: Who, type: Type, headers: Headers = {}): Promise<string> {
      const answer = await client.verify(who, type, await client.sendCode(who, type), headers)
      expect(answer).toMatchObject({ status: 200 })
      return answer.body.data.verificationToken
    },
    /** Signs up; returns the id of the account. */
    async register(who: Who): Promise<number> {
      const verificationToken = await client.prove(who, 'signup')
      const answer = await client.signup({ ...who, verificationToken })
      expect(answer).toMatchObject({ status: 201 })
      return answer.body.data.user.id
    },
  }
  return client
}
