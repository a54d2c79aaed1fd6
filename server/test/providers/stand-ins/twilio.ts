import { Secret } from '../../../src/domain/secret.ts'
import { basic, type DocumentedError, demand, json, type Reply, type StandInRequest } from './stand-in.ts'

/** What the stand-ins of Twilio's three carriers have in common. */

const sid = `AC${'0'.repeat(30)}42`
const token = 'token-of-twilio'

export const twilioSettings = (baseUrl: string) => ({
  accountSid: sid,
  authToken: new Secret(token),
  baseUrl,
})
export const twilioWrong = { authToken: new Secret('another-token') }

export const twilioError = (status: number, code: number, message: string, headers = {}): Reply =>
  json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, headers)

/** Null when the login is right and the path is that of the resource. */
export function refuseTwilio({ path, headers }: StandInRequest, resource: string): Reply | null {
  if (headers.authorization !== basic(sid, token))
    return twilioError(401, 20003, 'Authentication Error - invalid username')
  demand(path === `/2010-04-01/Accounts/${sid}/${resource}.json`, `the path is ${path}`)
  return null
}

/** The errors that messages of every channel have in common. */
export const twilioErrors: DocumentedError[] = [
  {
    name: 'refused number',
    reply: twilioError(400, 21211, "The 'To' number +2250701020304 is not a valid phone number."),
    meaning: 'for-good',
  },
  {
    name: 'throttled',
    reply: twilioError(429, 20429, 'Too Many Requests', { 'retry-after': '3' }),
    meaning: 'for-now',
    retryAfterSeconds: 3,
  },
  { name: 'suspended account', reply: twilioError(401, 20003, 'Account not active'), meaning: 'account' },
  {
    name: 'unknown account',
    reply: twilioError(404, 20404, 'The requested resource was not found'),
    meaning: 'account',
  },
  {
    name: 'a trial account that may not send there',
    reply: twilioError(400, 21608, 'The number +2250701020304 is unverified.'),
    meaning: 'account',
  },
  { name: 'their fault', reply: twilioError(500, 20500, 'Internal Server Error'), meaning: 'for-now' },
]
