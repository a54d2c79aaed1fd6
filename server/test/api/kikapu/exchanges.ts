import { aroundRoutes, type Mishap } from '../around-routes.ts'
import type { Recorded } from '../exchange.ts'

/*
 * The `kikapu` dialect, exchange by exchange, in the order in which they run. The first ones are the document's.
 */

/** What happens before a request is sent. */
export type KikapuStep =
  | 'a minute passes'
  | 'five minutes pass'
  | 'the carriers refuse'
  | 'the carriers accept'
  | 'the agent is disabled'
  | Mishap

export type KikapuExchange = Recorded & { before?: KikapuStep }

const verify = '/auth/api/verify-otp/'
const resend = '/auth/api/resend-otp/'
const agentLogin = '/auth/api/agent/login/'
const phoneNumber = '+255712345678'
const code = `<code to ${phoneNumber}>`
const french = { 'accept-language': 'fr-TZ, en;q=0.5' }

const john = { id: '<number>', name: 'John Doe', phoneNumber, email: 'john@example.com' }
const tokens = { access_token: '<token>', refresh_token: '<token>' }
const resent = {
  status: 200,
  headers: { 'cache-control': 'no-store' },
  body: { message: 'OTP resent successfully' },
}
const verified = { status: 200, body: { ...tokens, user: { ...john, user_type: 'BUSINESS' } } }
const agent = {
  status: 200,
  body: {
    success: true,
    message: 'Login successful',
    user: {
      id: '<number>',
      name: 'John Agent',
      phoneNumber,
      email: 'agent@example.com',
      agent_id: 'AG12345',
      assigned_area: 'Central District',
    },
    token: { access: '<token>', refresh: '<token>' },
  },
}

const error = (status: number, message: string, headers: Record<string, string | null> = {}) => ({
  status,
  headers,
  body: { success: false, message },
})
const later = { 'retry-after': '<seconds>' }

/** The document's successes, which run unchanged in development. */
export const documentedKikapu: KikapuExchange[] = [
  {
    name: 'document: Resend OTP',
    request: { path: resend, body: { phoneNumber } },
    answer: resent,
  },
  {
    name: 'document: Verify OTP',
    request: { path: verify, body: { phoneNumber, otp: code } },
    answer: verified,
  },
  {
    name: 'Resend OTP, without the slash, right after a success',
    request: { path: '/auth/api/resend-otp', body: { phoneNumber } },
    answer: resent,
  },
  {
    name: 'document: Verify OTP, for a business account',
    request: { path: verify, body: { phoneNumber, otp: code, business_id: 123 } },
    answer: {
      status: 200,
      body: {
        ...tokens,
        business: { id: 123, name: 'My Store', type: 'retailer', is_verified: true },
        user: john,
      },
    },
  },
  {
    name: 'document: Agent Login',
    request: { path: agentLogin, body: { phoneNumber, password: 'securepassword' } },
    answer: agent,
  },
  {
    name: 'document: Agent Login, for Flutter apps',
    request: { path: agentLogin, body: { username: phoneNumber, password: 'securepassword' } },
    answer: agent,
  },
  {
    name: 'Agent Login, null for the field that is not used; the number comes back as it was written',
    request: {
      path: agentLogin,
      body: { phoneNumber: null, username: ' 0712 345 678', password: 'securepassword' },
    },
    answer: {
      status: 200,
      body: { ...agent.body, user: { ...agent.body.user, phoneNumber: ' 0712 345 678' } },
    },
  },
]

const documentedErrors: KikapuExchange[] = [
  {
    name: 'document: Verify OTP, Invalid input data',
    request: { path: verify, body: { phoneNumber, otp: '1234' } },
    answer: error(400, 'Invalid input data'),
  },
  {
    name: 'document: Verify OTP, OTP expired or invalid: used',
    request: { path: verify, body: { phoneNumber, otp: code } },
    answer: error(401, 'OTP expired or invalid', { 'retry-after': null }),
  },
  {
    name: 'document: Verify OTP, User not found',
    request: { path: verify, body: { phoneNumber: '+255712000000', otp: '12345' } },
    answer: error(404, 'User not found'),
  },
  {
    name: 'document: Resend OTP, Invalid input',
    request: { path: resend, body: { phoneNumber: '12' } },
    answer: error(400, 'Invalid input'),
  },
  {
    name: 'Resend OTP, a third time',
    request: { path: resend, body: { phoneNumber } },
    answer: resent,
  },
  {
    name: 'document: Resend OTP, OTP resent too soon',
    request: { path: resend, body: { phoneNumber } },
    answer: error(400, 'OTP resent too soon (must wait 60 seconds between resend requests)', later),
  },
  {
    name: 'document: Resend OTP, User not found',
    request: { path: resend, body: { phoneNumber: '+255712000000' } },
    answer: error(404, 'User not found'),
  },
  {
    name: 'document: Resend OTP, Failed to send SMS',
    before: 'the carriers refuse',
    request: { path: resend, body: { phoneNumber } },
    answer: {
      status: 500,
      body: { success: false, message: 'Failed to send SMS', reference: '<reference>' },
    },
  },
  {
    name: 'document: Agent Login, Phone number and password are required',
    request: { path: agentLogin, body: { phoneNumber } },
    answer: error(400, 'Phone number and password are required'),
  },
  {
    name: 'document: Agent Login, Agent not found or invalid credentials: wrong password',
    request: { path: agentLogin, body: { phoneNumber, password: 'wrong' } },
    answer: error(404, 'Agent not found or invalid credentials'),
  },
  {
    name: 'document: Agent Login, Agent not found or invalid credentials: unknown',
    request: { path: agentLogin, body: { phoneNumber: '+255712000000', password: 'securepassword' } },
    answer: error(404, 'Agent not found or invalid credentials'),
  },
  {
    name: 'document: Agent Login, Agent account is inactive',
    before: 'the agent is disabled',
    request: { path: agentLogin, body: { phoneNumber, password: 'securepassword' } },
    answer: error(403, 'Agent account is inactive'),
  },
  {
    name: 'Agent Login, inactive, with a wrong password',
    request: { path: agentLogin, body: { phoneNumber, password: 'wrong' } },
    answer: error(404, 'Agent not found or invalid credentials'),
  },
]

const refusals: KikapuExchange[] = [
  {
    name: 'Verify OTP: wrong',
    request: { path: verify, body: { phoneNumber, otp: `<wrong code to ${phoneNumber}>` } },
    answer: error(401, 'OTP expired or invalid'),
  },
  {
    name: 'Resend OTP: a code that no carrier took does not count for the minute',
    before: 'the carriers accept',
    request: { path: resend, body: { phoneNumber } },
    answer: resent,
  },
  {
    name: 'Verify OTP: a business that is not the user’s',
    request: { path: verify, body: { phoneNumber, otp: code, business_id: 45 } },
    answer: error(404, 'Business not found'),
  },
  {
    name: 'Verify OTP: the foreign business has not cost the code; null for none; a number in Eastern Arabic digits',
    request: { path: verify, body: { phoneNumber: '٠٧١٢٣٤٥٦٧٨', otp: code, business_id: null } },
    answer: {
      status: 200,
      body: { ...tokens, user: { ...john, phoneNumber: '٠٧١٢٣٤٥٦٧٨', user_type: 'BUSINESS' } },
    },
  },
  {
    name: 'Resend OTP: once more',
    request: { path: resend, body: { phoneNumber } },
    answer: resent,
  },
  {
    name: 'Verify OTP: expired',
    before: 'five minutes pass',
    request: { path: verify, body: { phoneNumber, otp: code } },
    answer: error(401, 'OTP expired or invalid'),
  },
  {
    name: 'In French',
    request: { path: verify, headers: french, body: { phoneNumber, otp: code } },
    answer: error(401, 'OTP expiré ou invalide'),
  },
]

const tooMany = 'Too many OTPs were requested for this number. Please try again later'
const caps: KikapuExchange[] = [
  ...[1, 2, 3, 4, 5].map(
    (nth): KikapuExchange => ({
      name: `Resend OTP: the send number ${nth} of ten minutes`,
      before: 'a minute passes',
      request: { path: resend, body: { phoneNumber } },
      answer: resent,
    }),
  ),
  {
    name: 'Resend OTP: past the cap of the number',
    before: 'a minute passes',
    request: { path: resend, body: { phoneNumber } },
    answer: error(400, tooMany, later),
  },
]

const problems: KikapuExchange[] = [
  {
    name: 'Verify OTP: an otp that is a number',
    request: { path: verify, body: { phoneNumber, otp: 12345 } },
    answer: error(400, 'Invalid input data'),
  },
  {
    name: 'Verify OTP: a business_id that is no integer',
    request: { path: verify, body: { phoneNumber, otp: '12345', business_id: '123' } },
    answer: error(400, 'Invalid input data'),
  },
  {
    name: 'Verify OTP: a number that is impossible',
    request: { path: verify, body: { phoneNumber: '+2557', otp: '12345' } },
    answer: error(400, 'Invalid input data'),
  },
  {
    name: 'Resend OTP: no body at all',
    request: { path: resend },
    answer: error(400, 'Invalid input'),
  },
  {
    name: 'Agent Login: an empty number and an empty username',
    request: { path: agentLogin, body: { phoneNumber: '', username: ' ', password: 'x' } },
    answer: error(400, 'Phone number and password are required'),
  },
  {
    name: 'Agent Login: what is no phone number is nobody’s',
    request: { path: agentLogin, body: { username: 'john', password: 'securepassword' } },
    answer: error(404, 'Agent not found or invalid credentials'),
  },
  ...aroundRoutes({
    paths: [verify, resend, agentLogin],
    body: { phoneNumber, otp: '12345', password: 'x' },
    error,
    fault: (message) => ({ success: false, message, reference: '<reference>' }),
  }),
  {
    name: 'an unknown path',
    request: { path: '/auth/api/nothing/', body: {} },
    answer: error(404, 'Not found'),
  },
]

export const kikapuExchanges: KikapuExchange[] = [
  ...documentedKikapu,
  ...documentedErrors,
  ...refusals,
  ...caps,
  ...problems,
]
