import { expect } from 'vitest'
import type { PhoneNumber } from '../../../src/domain/address.ts'
import type { DialectApp, DialectHost } from '../../harness/dialect-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

/*
 * A client of the dialect `kikapu`, as tests of its routes use it.
 */

const minute = 60_000

/** The answer to every refused code. */
export const refused = { success: false, message: 'OTP expired or invalid' }

/** One user for each number. */
export const users = (...phones: PhoneNumber[]) =>
  phones.map((phone) => ({ phone, fullName: `User ${phone}` }))

/** Sends requests to the app, and moves the clock of the host, that the two functions return at that moment. */
export function createKikapuClient(host: () => DialectHost, current: () => DialectApp) {
  const client = {
    resend: (phoneNumber: string, headers = {}) =>
      current().post('/auth/api/resend-otp/', { phoneNumber }, headers),
    verify: (phoneNumber: string, otp: unknown, more = {}, headers = {}) =>
      current().post('/auth/api/verify-otp/', { phoneNumber, otp, ...more }, headers),
    logIn: (phoneNumber: string, password: string) =>
      current().post('/auth/api/agent/login/', { phoneNumber, password }),

    /** Waits the required minute, then requests a new code. */
    async sendCode(phone: PhoneNumber): Promise<string> {
      await host().world.moveClock(minute)
      expect(await client.resend(phone)).toMatchObject({ status: 200 })
      return current().lastCode(phone, 'kikapu-login')
    },
    /** Wrong codes, three for each of as many challenges as needed. */
    async guessWrong(phone: PhoneNumber, times: number): Promise<void> {
      for (let left = times; left > 0; left -= 3) {
        const wrong = wrongCode(await client.sendCode(phone))
        for (let nth = 0; nth < Math.min(3, left); nth += 1) {
          expect(await client.verify(phone, wrong)).toMatchObject({ status: 401, body: refused })
        }
      }
    },
  }
  return client
}
