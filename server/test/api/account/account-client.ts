import type { DialectApp } from '../../harness/dialect-app.ts'

/*
 * A client of the dialect `account`, as tests of its routes use it.
 */

export const password = 'a quiet otter swims'

export const ada = 'ada@example.test'
export const bob = 'bob@example.test'

/** Sends requests to the app that `current` returns at that moment, as Ada by default. */
export const createAccountClient = (current: () => DialectApp) => ({
  sendCode: (purpose: string, email = ada) => current().post('/auth/otp/generate', { email, purpose }),
  logInByCode: (code: string, email = ada) => current().post('/auth/login/otp', { email, code }),
  logInByPassword: (text: string, email = ada) => current().post('/auth/login', { email, password: text }),
})

/** Registers an address, and verifies it. */
export async function registerOverHttp(app: DialectApp, address: string, isVerified = true): Promise<void> {
  const person = { email: address, password, firstname: 'Ada', lastname: 'Byron' }
  const registered = await app.post('/auth/register', person)
  if (registered.status !== 201) throw new Error(`registering was answered ${registered.status}`)
  if (!isVerified) return
  const verified = await app.post('/auth/verify', { email: address, code: app.lastCode(address) })
  if (verified.status !== 200) throw new Error(`verifying was answered ${verified.status}`)
}

export type LoggedIn = { accessToken: string; refreshToken: string; bearer: { authorization: string } }

/** Logs in by password. */
export async function logInOverHttp(app: DialectApp, address: string): Promise<LoggedIn> {
  const { status, body } = await app.post('/auth/login', { email: address, password })
  if (status !== 200) throw new Error(`the login was answered ${status}`)
  const { accessToken, refreshToken } = body.data
  return { accessToken, refreshToken, bearer: { authorization: `Bearer ${accessToken}` } }
}
