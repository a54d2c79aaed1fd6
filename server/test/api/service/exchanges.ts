import type { Recorded } from '../exchange.ts'
import { serviceComplaints } from './complaints.ts'

/*
 * The `service` dialect, exchange by exchange, in the order in which they run. The first ones are the document's.
 */

/** What happens before a request is sent. */
export type ServiceStep =
  | 'five minutes pass'
  | 'an hour passes'
  | 'the tokens are spent'
  | 'tokens are granted'
  | 'tokens are unlimited'
  | 'one request a minute is allowed'
  | 'the limit is usual again'
  | 'there is a cool-down'
  | 'there is no cool-down'
  | 'the challenges are gone'
  | 'the challenges are back'

export type ServiceExchange = Recorded & { before?: ServiceStep }

const send = '/api/v1/otp/send'
const verify = '/api/v1/otp/verify'
const user = 'user@example.com'
const sent = { message: 'OTP generated and queued', expiresIn: 300, recordId: '<id>' }
const rateLimit = {
  'ratelimit-policy': '"requests";q=600;w=60',
  ratelimit: '"requests";r=<number>;t=<seconds>',
}

const error = (statusCode: number, message: string, headers: Record<string, string> = {}) => ({
  status: statusCode,
  headers,
  body: { statusCode, message },
})
const refused = (message: string) => error(400, message)
const wrong = (reason: string) => ({ status: 200, body: { valid: false, reason } })

const documented: ServiceExchange[] = [
  {
    name: 'document: Email OTP',
    request: { path: send, body: { target: user, channel: 'email', recordId: 'order_12345' } },
    answer: { status: 201, headers: { ...rateLimit, 'cache-control': 'no-store' }, body: sent },
  },
  {
    name: 'document: WhatsApp OTP',
    request: {
      path: send,
      body: {
        target: '1234567890',
        channel: 'whatsapp',
        countryCode: '+1',
        recordId: 'user_registration_67890',
      },
    },
    answer: { status: 201, body: sent },
  },
  {
    name: 'document: Verify OTP, success',
    request: { path: verify, body: { target: user, code: `<code to ${user}>`, recordId: 'order_12345' } },
    answer: {
      status: 200,
      headers: rateLimit,
      body: { valid: true, recordId: '<id>', verifiedAt: '<instant>' },
    },
  },
  {
    name: 'document: Get OTP Records',
    request: { method: 'GET', path: '/api/v1/otp/records?page=1&limit=10&channel=email&verified=true' },
    answer: {
      status: 200,
      headers: rateLimit,
      body: {
        records: [
          {
            target: user,
            channel: 'email',
            verified: true,
            recordId: 'order_12345',
            createdAt: '<instant>',
            expiresAt: '<instant>',
          },
        ],
        pagination: { page: 1, limit: 10, total: 1, pages: 1 },
      },
    },
  },
  {
    name: 'document: Get OTP Statistics, of days in which nothing was sent',
    request: { method: 'GET', path: '/api/v1/otp/stats?dateFrom=2025-07-01&dateTo=2025-07-13' },
    answer: {
      status: 200,
      headers: rateLimit,
      body: {
        total: 0,
        verified: 0,
        unverified: 0,
        verificationRate: '0.00',
        byChannel: { email: 0, whatsapp: 0 },
      },
    },
  },
  {
    name: 'Get OTP Statistics, of all time',
    request: { method: 'GET', path: '/api/v1/otp/stats' },
    answer: {
      status: 200,
      body: {
        total: 2,
        verified: 1,
        unverified: 1,
        verificationRate: '50.00',
        byChannel: { email: 1, whatsapp: 1 },
      },
    },
  },
  {
    name: 'document: Get Token Information',
    request: { method: 'GET', path: '/api/v1/otp/token-info' },
    answer: {
      status: 200,
      headers: rateLimit,
      body: { tokens: 1000, tokensUsed: 2, remainingTokens: 998, hasUnlimitedTokens: false },
    },
  },
  {
    name: 'document: Invalid API Key',
    request: { path: send, headers: { 'x-api-key': 'wrong' }, body: { target: user, channel: 'email' } },
    answer: error(401, 'Invalid API key'),
  },
  {
    name: 'document: Project Not Found',
    request: {
      path: send,
      headers: { 'x-project-id': 'PRJ_other' },
      body: { target: user, channel: 'email' },
    },
    answer: error(401, 'Invalid project ID or access denied'),
  },
  {
    name: 'document: Insufficient Tokens',
    before: 'the tokens are spent',
    request: { path: send, body: { target: user, channel: 'email' } },
    answer: refused('Insufficient tokens'),
  },
  {
    name: 'document: Country code is required',
    before: 'tokens are granted',
    request: { path: send, body: { target: '1234567890', channel: 'whatsapp' } },
    answer: refused('Country code is required for WhatsApp channel'),
  },
  {
    name: 'document: Rate Limiting, the last request that is allowed',
    before: 'one request a minute is allowed',
    request: { method: 'GET', path: '/api/v1/otp/token-info' },
    answer: {
      status: 200,
      headers: { 'ratelimit-policy': '"requests";q=1;w=60', ratelimit: '"requests";r=0;t=<seconds>' },
      body: { tokens: 1000, tokensUsed: 2, remainingTokens: 998, hasUnlimitedTokens: false },
    },
  },
  ...(
    [
      ['a send', 'POST', send, { target: user, channel: 'email' }],
      ['a guess', 'POST', verify, { target: user, code: '000000' }],
      ['a guess for a spelling', 'POST', verify, { target: '1234567890', code: '000000' }],
      ['records', 'GET', '/api/v1/otp/records', undefined],
      ['stats', 'GET', '/api/v1/otp/stats', undefined],
      ['token-info', 'GET', '/api/v1/otp/token-info', undefined],
    ] as const
  ).map(
    ([what, method, path, body]): ServiceExchange => ({
      name: `document: Rate Limiting, ${what} over the limit`,
      request: { method, path, body },
      answer: error(429, 'Too many requests - Rate limit exceeded', {
        'retry-after': '<seconds>',
        'ratelimit-policy': '"requests";q=1;w=60',
        ratelimit: '"requests";r=0;t=<seconds>',
      }),
    }),
  ),
]

const guesses: ServiceExchange[] = [
  {
    name: 'a code that was never requested',
    before: 'the limit is usual again',
    request: { path: verify, body: { target: 'nobody@example.com', code: '123456' } },
    answer: wrong('No code was requested for this target'),
  },
  {
    name: 'a national number that nothing was sent to under this spelling',
    request: { path: verify, body: { target: '5550001111', code: '123456' } },
    answer: wrong('No code was requested for this target'),
  },
  {
    name: 'the code of another record',
    request: { path: verify, body: { target: user, code: `<code to ${user}>` } },
    answer: wrong('No code was requested for this target'),
  },
  {
    name: 'a code that was used',
    request: { path: verify, body: { target: user, code: `<code to ${user}>`, recordId: 'order_12345' } },
    answer: wrong('Code has already been used'),
  },
  {
    name: 'a wrong code, in French',
    request: {
      path: verify,
      headers: { 'accept-language': 'fr' },
      body: {
        target: '+11234567890',
        code: '<wrong code to +11234567890>',
        recordId: 'user_registration_67890',
      },
    },
    answer: wrong('Code invalide'),
  },
  ...[2, 3, 4, 5].map(
    (count): ServiceExchange => ({
      name: `a wrong code, guess ${count}`,
      request: {
        path: verify,
        body: {
          target: '1234567890',
          code: '<wrong code to +11234567890>',
          recordId: 'user_registration_67890',
        },
      },
      answer: wrong('Invalid code'),
    }),
  ),
  {
    name: 'the right code after five wrong ones',
    request: {
      path: verify,
      body: { target: '1234567890', code: '<code to +11234567890>', recordId: 'user_registration_67890' },
    },
    answer: wrong('Too many attempts'),
  },
  {
    name: 'a send to the same number as another record',
    request: {
      path: send,
      body: { target: '(123) 456-7890', channel: 'whatsapp', countryCode: '1' },
    },
    answer: { status: 201, body: sent },
  },
  {
    name: 'verified under its national spelling alone',
    request: { path: verify, body: { target: '(123) 456-7890', code: '<code to +11234567890>' } },
    answer: { status: 200, body: { valid: true, recordId: '<id>', verifiedAt: '<instant>' } },
  },
  {
    name: 'sent once more, for its country code',
    request: { path: send, body: { target: '1234567890', channel: 'whatsapp', countryCode: '+1' } },
    answer: { status: 201, body: sent },
  },
  {
    name: 'verified with its country code, which verify takes as well',
    request: {
      path: verify,
      body: { target: '123 456 7890', countryCode: '+1', code: '<code to +11234567890>' },
    },
    answer: { status: 200, body: { valid: true, recordId: '<id>', verifiedAt: '<instant>' } },
  },
  {
    name: 'null in optional fields is as good as leaving them out',
    request: {
      path: send,
      body: { target: 'null@example.com', channel: 'email', countryCode: null, recordId: null },
    },
    answer: { status: 201, body: sent },
  },
  {
    name: 'null in optional fields of a guess; a country code beside an e-mail address is not read',
    request: {
      path: verify,
      body: {
        target: 'null@example.com',
        countryCode: 'none',
        recordId: null,
        code: '<code to null@example.com>',
      },
    },
    answer: { status: 200, body: { valid: true, recordId: '<id>', verifiedAt: '<instant>' } },
  },
  {
    name: 'a send whose code is left to expire',
    request: { path: send, body: { target: user, channel: 'email' } },
    answer: { status: 201, body: sent },
  },
  {
    name: 'document: Verify OTP, failure',
    before: 'five minutes pass',
    request: { path: verify, body: { target: user, code: `<code to ${user}>` } },
    answer: wrong('Code has expired'),
  },
]

const idempotent = { path: send, headers: { 'idempotency-key': 'order 7' } }

const repeated: ServiceExchange[] = [
  {
    name: 'a send with an idempotency key',
    before: 'an hour passes',
    request: { ...idempotent, body: { target: user, channel: 'email', recordId: 'a' } },
    answer: { status: 201, body: sent },
  },
  {
    name: 'the same key with another body',
    request: { ...idempotent, body: { target: user, channel: 'email', recordId: 'b' } },
    answer: error(422, 'This Idempotency-Key was used with a different request'),
  },
  {
    name: 'a key that is no text of printable characters',
    request: {
      path: send,
      headers: { 'idempotency-key': 'é' },
      body: { target: user, channel: 'email' },
    },
    answer: refused('Idempotency-Key must be 1 to 255 printable ASCII characters'),
  },
]

const caps: ServiceExchange[] = [
  {
    name: 'a send within a cool-down that the project has set',
    before: 'there is a cool-down',
    request: { path: send, body: { target: user, channel: 'email', recordId: 'a' } },
    answer: error(429, 'A code was sent to this target a moment ago', {
      'retry-after': '<seconds>',
      ...rateLimit,
    }),
  },
  ...[2, 3, 4, 5].map(
    (count): ServiceExchange => ({
      name: `send ${count} within ten minutes`,
      ...(count === 2 ? { before: 'there is no cool-down' as const } : {}),
      request: { path: send, body: { target: user, channel: 'email' } },
      answer: { status: 201, body: sent },
    }),
  ),
  {
    name: 'the sixth send within ten minutes',
    request: { path: send, body: { target: user, channel: 'email' } },
    answer: error(429, 'Too many codes were sent to this target', {
      'retry-after': '<seconds>',
      ...rateLimit,
    }),
  },
  ...['first', 'second'].flatMap((which): ServiceExchange[] => [
    {
      name: `the ${which} code that is guessed at`,
      request: { path: send, body: { target: 'lock@example.com', channel: 'email' } },
      answer: { status: 201, body: sent },
    },
    ...[1, 2, 3, 4, 5].map(
      (count): ServiceExchange => ({
        name: `wrong guess ${count} at the ${which} code`,
        request: {
          path: verify,
          body: { target: 'lock@example.com', code: '<wrong code to lock@example.com>' },
        },
        answer: wrong('Invalid code'),
      }),
    ),
  ]),
  {
    name: 'a send to an address that is locked after ten wrong guesses in a row',
    request: { path: send, body: { target: 'lock@example.com', channel: 'email' } },
    answer: error(429, 'Too many wrong codes were tried for this target', {
      'retry-after': '<seconds>',
      ...rateLimit,
    }),
  },
]

const around: ServiceExchange[] = [
  {
    name: 'unlimited tokens',
    before: 'tokens are unlimited',
    request: { method: 'GET', path: '/api/v1/otp/token-info' },
    answer: {
      status: 200,
      body: { tokens: null, tokensUsed: '<number>', remainingTokens: null, hasUnlimitedTokens: true },
    },
  },
  {
    name: 'no key, with a body that is no JSON',
    request: { path: send, headers: { 'x-api-key': '' }, body: '{' },
    answer: error(401, 'Invalid API key'),
  },
  {
    name: 'a wrong key, in French',
    request: {
      method: 'GET',
      path: '/api/v1/otp/stats',
      headers: { 'x-api-key': 'x', 'accept-language': 'fr' },
    },
    answer: error(401, "Clé d'API invalide"),
  },
  {
    name: 'a send in French',
    request: {
      path: send,
      headers: { 'accept-language': 'fr-CA' },
      body: { target: 'fr@example.com', channel: 'email' },
    },
    answer: { status: 201, body: { ...sent, message: "OTP généré et mis en file d'attente" } },
  },
  {
    name: 'a body that is no JSON',
    request: { path: send, body: '{' },
    answer: refused('The request body is not valid JSON'),
  },
  {
    name: 'a body that is no application/json',
    request: { path: send, headers: { 'content-type': 'text/plain' }, body: 'x' },
    answer: error(415, 'Content-Type must be application/json'),
  },
  {
    name: 'a body of more than 16 KiB',
    request: { path: send, body: { target: user, channel: 'email', x: 'x'.repeat(16_384) } },
    answer: error(413, 'The request body is too large'),
  },
  {
    name: 'an unknown path',
    request: { method: 'GET', path: '/api/v1/otp/other' },
    answer: error(404, 'Not found'),
  },
  {
    name: 'a wrong method',
    request: { method: 'DELETE', path: send },
    answer: error(405, 'Method not allowed', { allow: 'POST, OPTIONS' }),
  },
  {
    name: 'a fault',
    before: 'the challenges are gone',
    request: { path: send, body: { target: 'fault@example.com', channel: 'email' } },
    answer: {
      status: 500,
      body: { statusCode: 500, message: 'Internal server error', reference: '<reference>' },
    },
  },
  {
    name: 'no fault any more',
    before: 'the challenges are back',
    request: { path: send, body: { target: 'fault@example.com', channel: 'email' } },
    answer: { status: 201, body: sent },
  },
]

export const serviceExchanges: ServiceExchange[] = [
  ...documented,
  ...guesses,
  ...serviceComplaints,
  ...repeated,
  ...caps,
  ...around,
]
