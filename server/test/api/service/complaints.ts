import type { Recorded } from '../exchange.ts'

/*
 * The answers of the `service` dialect to invalid requests. None of them depends on state or changes it.
 */

const send = '/api/v1/otp/send'
const verify = '/api/v1/otp/verify'
const user = 'user@example.com'
const refused = (message: string) => ({ status: 400, body: { statusCode: 400, message } })

const bodies: [string, string, unknown, string][] = [
  ['no target', send, { channel: 'email' }, 'target must be an e-mail address or a phone number'],
  [
    'an empty target',
    send,
    { target: '', channel: 'email' },
    'target must be an e-mail address or a phone number',
  ],
  [
    'two targets',
    send,
    { target: [user], channel: 'email' },
    'target must be an e-mail address or a phone number',
  ],
  ['no body at all', send, {}, 'target must be an e-mail address or a phone number'],
  ['no channel', send, { target: user }, "channel must be 'email' or 'whatsapp'"],
  ['another channel', send, { target: user, channel: 'sms' }, "channel must be 'email' or 'whatsapp'"],
  [
    'a number for e-mail',
    send,
    { target: '+15550001111', channel: 'email' },
    'target must be a valid e-mail address for the email channel',
  ],
  [
    'a display name',
    send,
    { target: 'A <a@example.com>', channel: 'email' },
    'target must be a valid e-mail address for the email channel',
  ],
  [
    'two addresses in one',
    send,
    { target: 'a@example.com,b@example.com', channel: 'email' },
    'target must be a valid e-mail address for the email channel',
  ],
  [
    'an address with a line break',
    send,
    { target: 'a@example.com\r\nBcc: b@example.com', channel: 'email' },
    'target must be a valid e-mail address for the email channel',
  ],
  [
    'an address for WhatsApp',
    send,
    { target: user, channel: 'whatsapp', countryCode: '+1' },
    'target must be a valid phone number for the whatsapp channel',
  ],
  [
    'an impossible number',
    send,
    { target: '+1123', channel: 'whatsapp' },
    'target must be a valid phone number for the whatsapp channel',
  ],
  [
    'an impossible country code',
    send,
    { target: '1234567890', channel: 'whatsapp', countryCode: 'US' },
    'countryCode must be a calling code such as +1',
  ],
  [
    'a country code that is a number',
    send,
    { target: '1234567890', channel: 'whatsapp', countryCode: 1 },
    'countryCode must be a calling code such as +1',
  ],
  [
    'an empty country code',
    send,
    { target: '1234567890', channel: 'whatsapp', countryCode: '' },
    'Country code is required for WhatsApp channel',
  ],
  [
    'a country code that is null',
    send,
    { target: '1234567890', channel: 'whatsapp', countryCode: null },
    'Country code is required for WhatsApp channel',
  ],
  [
    'a long recordId',
    send,
    { target: user, channel: 'email', recordId: 'x'.repeat(129) },
    'recordId must be a string of 1 to 128 characters without control characters',
  ],
  [
    'a recordId with a tab',
    send,
    { target: user, channel: 'email', recordId: 'a\tb' },
    'recordId must be a string of 1 to 128 characters without control characters',
  ],
  [
    'a recordId that is a number',
    send,
    { target: user, channel: 'email', recordId: 5 },
    'recordId must be a string of 1 to 128 characters without control characters',
  ],
  [
    'a NUL in a field that nobody reads',
    send,
    { target: user, channel: 'email', note: '\0' },
    'The request is invalid',
  ],
  ['no code', verify, { target: user }, 'code must be a string of six digits'],
  ['five digits', verify, { target: user, code: '12345' }, 'code must be a string of six digits'],
  ['a code that is a number', verify, { target: user, code: 123456 }, 'code must be a string of six digits'],
  [
    'a target that is nothing',
    verify,
    { target: 'nothing', code: '123456' },
    'target must be an e-mail address or a phone number',
  ],
  [
    'a country code that is none',
    verify,
    { target: '1234567890', countryCode: '+', code: '123456' },
    'countryCode must be a calling code such as +1',
  ],
  ['a list instead of a body', verify, [], 'The request is invalid'],
]

const queries: [string, string][] = [
  ['records?page=0', 'page must be a whole number from 1'],
  ['records?page=1.5', 'page must be a whole number from 1'],
  ['records?page=1&page=2', 'page must be a whole number from 1'],
  ['records?limit=101', 'limit must be a whole number from 1 to 100'],
  ['records?limit=', 'limit must be a whole number from 1 to 100'],
  ['records?channel=sms', "channel must be 'email' or 'whatsapp'"],
  ['records?verified=yes', "verified must be 'true' or 'false'"],
  ['records?recordId=', 'recordId must be a string of 1 to 128 characters without control characters'],
  ['records?target=', 'target must be an e-mail address or a phone number'],
  ['records?dateFrom=yesterday', 'dateFrom must be an ISO 8601 date or date and time'],
  ['records?dateTo=2025-02-30', 'dateTo must be an ISO 8601 date or date and time'],
  ['records?dateFrom=2025-07-13&dateTo=2025-07-12', 'dateFrom must not be after dateTo'],
  ['stats?dateFrom=13/07/2025', 'dateFrom must be an ISO 8601 date or date and time'],
  ['stats?dateTo=2025-07-13T25:00:00Z', 'dateTo must be an ISO 8601 date or date and time'],
  ...['channel=email', 'verified=true', 'recordId=order_1', 'target=a@example.com', 'page=2', 'limit=5'].map(
    (parameter): [string, string] => [
      `stats?${parameter}`,
      'stats counts every record of its dates: only dateFrom and dateTo narrow it',
    ],
  ),
  ['stats?dateFrom=2025-07-13T00:00:01Z&dateTo=2025-07-13T00:00:00Z', 'dateFrom must not be after dateTo'],
]

export const serviceComplaints: Recorded[] = [
  ...bodies.map(
    ([what, path, body, message]): Recorded => ({
      name: `${path}: ${what} is 400`,
      request: { path, body },
      answer: refused(message),
    }),
  ),
  ...queries.map(
    ([query, message]): Recorded => ({
      name: `${query} is 400`,
      request: { method: 'GET', path: `/api/v1/otp/${query}` },
      answer: refused(message),
    }),
  ),
]
