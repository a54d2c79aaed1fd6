import type { TestRequestHeaders } from '../harness/ask.ts'
import type { People } from '../harness/people.ts'
import { password } from '../harness/people.ts'

/*
 * Every documented route with a request that succeeds, and the steps that must precede it. For tests about all routes:
 * what happens when the database goes away, what they leave in logs.
 */

export type StepRequest = { method: string; path: string; body?: unknown; headers?: TestRequestHeaders }

export type RouteStep = {
  name: string
  /** The status of the answer when nothing is wrong. */
  status: number
  /** The status of the same request after it has succeeded; by default the one above. */
  repeated?: number
  prepare: (people: People) => Promise<StepRequest>
}

const post = (path: string, body: unknown, headers: TestRequestHeaders = {}): StepRequest => ({
  method: 'POST',
  path,
  body,
  headers,
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const citizen: RouteStep[] = [
  {
    name: 'citizen: create',
    status: 201,
    repeated: 400,
    prepare: async (people) =>
      post('/otp', { type: 'create', phoneNumber: (await people.newCitizen()).national }),
  },
  {
    name: 'citizen: resend',
    status: 200,
    async prepare(people) {
      const { national } = await people.newCitizen()
      await people.ask('/otp', { type: 'create', phoneNumber: national })
      return post('/otp', { type: 'resend', phoneNumber: national })
    },
  },
  {
    name: 'citizen: verify',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const { phone, national } = await people.newCitizen()
      await people.ask('/otp', { type: 'create', phoneNumber: national })
      return post('/otp/verify', { phoneNumber: national, otp: await people.codeFor(phone) })
    },
  },
]

const person = { password, firstname: 'Ada', lastname: 'Byron' }

const account: RouteStep[] = [
  {
    name: 'account: register',
    status: 201,
    prepare: async (people) => post('/auth/register', { email: people.newEmail(), ...person }),
  },
  {
    name: 'account: verify',
    status: 200,
    async prepare(people) {
      const address = people.newEmail()
      await people.ask('/auth/register', { email: address, ...person })
      return post('/auth/verify', { email: address, code: await people.codeFor(address) })
    },
  },
  {
    name: 'account: login',
    status: 200,
    prepare: async (people) => post('/auth/login', { email: await people.newUser(), password }),
  },
  {
    name: 'account: ask for a login code',
    status: 200,
    prepare: async (people) => post('/auth/login/otp/generate', { email: await people.newUser() }),
  },
  {
    name: 'account: login by code',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const address = await people.newUser()
      await people.ask('/auth/login/otp/generate', { email: address })
      return post('/auth/login/otp', { email: address, code: await people.codeFor(address) })
    },
  },
  {
    name: 'account: refresh',
    status: 200,
    async prepare(people) {
      const { refreshToken } = await people.logIn(await people.newUser())
      return post('/auth/refresh', { refreshToken })
    },
  },
  {
    name: 'account: logout',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const tokens = await people.logIn(await people.newUser())
      return post('/auth/logout', tokens, bearer(tokens.accessToken))
    },
  },
  {
    name: 'account: forgot password',
    status: 200,
    prepare: async (people) => post('/auth/forgot-password', { email: await people.newUser() }),
  },
  {
    name: 'account: reset password',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const address = await people.newUser()
      await people.ask('/auth/forgot-password', { email: address })
      const code = await people.codeFor(address)
      return post('/auth/reset-password', { email: address, code, newPassword: `${password} again` })
    },
  },
  {
    name: 'account: ask for a code',
    status: 200,
    async prepare(people) {
      return post('/auth/otp/generate', { email: await people.newUser(), purpose: 'LOGIN_CONFIRMATION' })
    },
  },
  {
    name: 'account: validate a code',
    status: 200,
    async prepare(people) {
      const address = await people.newUser()
      await people.ask('/auth/login/otp/generate', { email: address })
      const code = await people.codeFor(address)
      return post('/auth/otp/validate', { email: address, code, purpose: 'LOGIN_CONFIRMATION' })
    },
  },
  {
    name: 'account: who am I',
    status: 200,
    async prepare(people) {
      const { accessToken } = await people.logIn(await people.newUser())
      return { method: 'GET', path: '/auth/me', headers: bearer(accessToken) }
    },
  },
]

const read = (name: string, path: string): RouteStep => ({
  name,
  status: 200,
  prepare: async ({ app }) => ({ method: 'GET', path, headers: app.serviceHeaders }),
})

const service: RouteStep[] = [
  {
    name: 'service: send',
    status: 201,
    prepare: async ({ app, newEmail }) =>
      post('/api/v1/otp/send', { target: newEmail(), channel: 'email' }, app.serviceHeaders),
  },
  {
    name: 'service: send with an idempotency key',
    status: 201,
    async prepare({ app, newEmail }) {
      const target = newEmail()
      const headers = { ...app.serviceHeaders, 'idempotency-key': target }
      return post('/api/v1/otp/send', { target, channel: 'email' }, headers)
    },
  },
  {
    name: 'service: verify',
    status: 200,
    async prepare({ app, ask, codeFor, newEmail }) {
      const target = newEmail()
      await ask('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
      return post('/api/v1/otp/verify', { target, code: await codeFor(target) }, app.serviceHeaders)
    },
  },
  read('service: records', '/api/v1/otp/records'),
  read('service: stats', '/api/v1/otp/stats'),
  read('service: token info', '/api/v1/otp/token-info'),
]

const kikapu: RouteStep[] = [
  {
    name: 'kikapu: resend',
    status: 200,
    repeated: 400,
    prepare: async (people) => post('/auth/api/resend-otp/', { phoneNumber: await people.newTrader() }),
  },
  {
    name: 'kikapu: verify',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const phoneNumber = await people.newTrader()
      await people.ask('/auth/api/resend-otp/', { phoneNumber })
      return post('/auth/api/verify-otp/', { phoneNumber, otp: await people.codeFor(phoneNumber) })
    },
  },
  {
    name: 'kikapu: agent login',
    status: 200,
    prepare: async (people) =>
      post('/auth/api/agent/login/', { phoneNumber: await people.newAgent(), password }),
  },
]

const mobile: RouteStep[] = [
  {
    name: 'mobile: send',
    status: 200,
    prepare: async (people) => post('/api/auth/otp/send', { mobile: people.newMobile(), type: 'signup' }),
  },
  {
    name: 'mobile: verify',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const who = { mobile: people.newMobile(), type: 'signup' }
      await people.ask('/api/auth/otp/send', who)
      return post('/api/auth/otp/verify', { ...who, otp: await people.codeFor(`+91${who.mobile}`) })
    },
  },
  {
    name: 'mobile: sign up',
    status: 201,
    repeated: 400,
    async prepare(people) {
      const mobile = people.newMobile()
      const verificationToken = await people.proveMobile(mobile, 'signup')
      return post('/api/auth/otp/signup', { mobile, fullName: 'Ada Byron', verificationToken })
    },
  },
  {
    name: 'mobile: log in',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const mobile = await people.newMember()
      return post('/api/auth/otp/login', {
        mobile,
        verificationToken: await people.proveMobile(mobile, 'login'),
      })
    },
  },
]

export const routeSteps: RouteStep[] = [...citizen, ...account, ...service, ...kikapu, ...mobile]
