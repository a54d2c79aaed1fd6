import { Secret } from '../../../src/domain/secret.ts'
import { basic, defineHttpStandIn, demand, json, type Reply, readForm } from './stand-in.ts'

const id = '<20261121095442.1.ABCDEF@mg.shop.example>'

const fail = (status: number, message: string, headers = {}): Reply => json(status, { message }, headers)

export const standIn = defineHttpStandIn({
  settings: (baseUrl) => ({
    domain: 'mg.shop.example',
    apiKey: new Secret('key-0123'),
    from: 'Café Shop <codes@shop.example>',
    region: 'us',
    baseUrl,
  }),
  wrongSettings: { apiKey: new Secret('key-other') },
  read(request) {
    demand(request.path === '/v3/mg.shop.example/messages', `the path is ${request.path}`)
    if (request.headers.authorization !== basic('api', 'key-0123'))
      return { reply: { status: 401, body: 'Forbidden' } }
    const {
      to = '',
      text = '',
      subject = '',
      ...form
    } = readForm(request, {
      must: ['from', 'to', 'subject', 'text'],
      may: ['html', 'h:Auto-Submitted', 'h:X-Auto-Response-Suppress', 'o:tracking', 'v:challenge'],
    })
    demand(form.from === '=?UTF-8?B?Q2Fmw6kgU2hvcA==?= <codes@shop.example>', `the sender is ${form.from}`)
    demand(subject !== '' && !/[\r\n]/.test(subject), 'the subject is one line')
    const mailHeaders = Object.keys(form).filter((name) => name.startsWith('h:'))
    const headerNames = [
      ...Object.keys(request.headers),
      ...mailHeaders.map((name) => name.slice(2).toLowerCase()),
    ]
    return { message: { headerNames, recipients: to.split(','), text, identity: form['v:challenge'] ?? '' } }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: json(200, { id, message: 'Queued. Thank you.' }),
  refusedForGood: fail(400, "'to' parameter is not a valid address. please check documentation"),
  refusedForNow: fail(429, 'Too many requests'),
  errors: [
    {
      name: 'refused address',
      reply: fail(400, "'to' parameter is not a valid address: ada@example.test"),
      meaning: 'for-good',
    },
    {
      name: 'throttled',
      reply: fail(429, 'Too many requests', { 'retry-after': '11' }),
      meaning: 'for-now',
      retryAfterSeconds: 11,
    },
    {
      name: 'broken sender',
      reply: fail(400, "'from' parameter is not a valid address"),
      meaning: 'account',
    },
    {
      name: 'broken field of ours',
      reply: fail(400, "'h:reply-to' parameter is not valid"),
      meaning: 'account',
    },
    { name: 'no credit', reply: fail(402, 'Payment required'), meaning: 'account' },
    {
      name: 'domain that may not send',
      reply: fail(403, 'Domain is not allowed to send'),
      meaning: 'account',
    },
    { name: 'unknown domain', reply: fail(404, 'Domain not found: mg.shop.example'), meaning: 'account' },
    { name: 'their fault', reply: fail(500, 'Internal Server Error'), meaning: 'for-now' },
  ],
})
