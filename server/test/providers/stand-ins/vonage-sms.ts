import { Secret } from '../../../src/domain/secret.ts'
import { defineHttpStandIn, demand, errorTable, json, type Reply, readForm } from './stand-in.ts'

const id = '0A0000001234567B'

const refuse = (status: string, text: string): Reply =>
  json(200, { 'message-count': '1', messages: [{ status, 'error-text': text, to: '2250701020304' }] })

export const standIn = defineHttpStandIn({
  settings: (baseUrl) => ({
    apiKey: 'abcd1234',
    apiSecret: new Secret('s3cret-of-vonage'),
    sender: 'Shop',
    baseUrl,
  }),
  wrongSettings: { apiSecret: new Secret('another') },
  read(request) {
    demand(request.path === '/sms/json', `the path is ${request.path}`)
    const {
      api_key,
      api_secret,
      from,
      to = '',
      text = '',
      type,
      ttl,
      'client-ref': reference = '',
    } = readForm(request, {
      must: ['api_key', 'api_secret', 'from', 'to', 'text'],
      may: ['type', 'ttl', 'client-ref'],
    })
    if (api_key !== 'abcd1234' || api_secret !== 's3cret-of-vonage')
      return { reply: refuse('4', 'Bad Credentials') }
    demand(/^[1-9][0-9]{6,14}$/.test(to), 'the number stands without its +')
    demand(
      from === 'Shop' && Number(ttl) >= 20_000 && reference.length <= 100,
      'the options are in their bounds',
    )
    demand(type === 'unicode' || [...text].every((letter) => letter < '\u0100'), 'letters need type=unicode')
    const headerNames = Object.keys(request.headers)
    return { message: { headerNames, recipients: [`+${to}`], text, identity: reference } }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: json(200, {
    'message-count': '1',
    messages: [
      { to: '2250701020304', 'message-id': id, status: '0', 'remaining-balance': '3.14', network: '61203' },
    ],
  }),
  refusedForGood: refuse('7', 'Number barred'),
  refusedForNow: refuse('1', 'Throughput Rate Exceeded - please wait [ 250 ] and retry'),
  errors: [
    {
      name: 'refused number',
      reply: refuse('6', 'Unroutable message 2250701020304 - rejected'),
      meaning: 'for-good',
    },
    { name: 'unsubscribed', reply: refuse('7', 'Number barred'), meaning: 'for-good' },
    { name: 'throttled', reply: refuse('1', 'Throughput Rate Exceeded'), meaning: 'for-now' },
    {
      name: 'throttled before it is read',
      reply: json(429, { title: 'Rate limit' }, { 'retry-after': '2' }),
      meaning: 'for-now',
      retryAfterSeconds: 2,
    },
    { name: 'no credit', reply: refuse('9', 'Quota Exceeded - rejected'), meaning: 'account' },
    { name: 'barred account', reply: refuse('8', 'Partner Account Barred'), meaning: 'account' },
    {
      name: 'sender of others',
      reply: refuse('15', 'Illegal Sender Address - rejected'),
      meaning: 'account',
    },
    { name: 'their fault', reply: refuse('5', 'Internal Error'), meaning: 'for-now' },
    ...errorTable(
      {
        'for-good': [3, 6, 7, 12, 22, 33],
        'for-now': [1, 5, 10],
        account: [2, 4, 8, 9, 11, 14, 15, 23, 29, 32],
      },
      (code) => refuse(`${code}`, 'As the table says'),
    ),
    {
      name: 'second part that was refused',
      reply: json(200, {
        'message-count': '2',
        messages: [
          { status: '0', 'message-id': id },
          { status: '5', 'error-text': 'Internal Error' },
        ],
      }),
      meaning: 'unknown',
    },
  ],
})
