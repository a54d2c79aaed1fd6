import { Secret } from '../../../src/domain/secret.ts'
import { defineHttpStandIn, demand, demandKeys, json, type Reply, readJson } from './stand-in.ts'

const id = '14c5d75ce93.dfd.64b469'

const fail = (status: number, field: string | null, message: string, headers = {}): Reply =>
  json(status, { errors: [{ message, field, help: null }] }, headers)

export const standIn = defineHttpStandIn({
  settings: (baseUrl) => ({
    apiKey: new Secret('SG.key.secret'),
    from: 'Shop <codes@shop.example>',
    baseUrl,
  }),
  wrongSettings: { apiKey: new Secret('SG.other') },
  read(request) {
    demand(request.path === '/v3/mail/send', `the path is ${request.path}`)
    if (request.headers.authorization !== 'Bearer SG.key.secret')
      return { reply: fail(401, null, 'The provided authorization grant is invalid, expired, or revoked') }
    const body = readJson(request)
    demandKeys(body, {
      must: ['personalizations', 'from', 'subject', 'content'],
      may: ['headers', 'custom_args', 'tracking_settings'],
    })
    demand(body.from.email === 'codes@shop.example' && body.from.name === 'Shop', 'the sender is ours')
    demand(body.subject.length > 0 && !/[\r\n]/.test(body.subject), 'the subject is one line')
    demand(
      body.content[0].type === 'text/plain' && body.content.every(({ value }: { value: string }) => value),
      'plain text comes first',
    )
    demand(body.personalizations.length === 1, 'one mail')
    for (const name of ['click_tracking', 'open_tracking', 'subscription_tracking'])
      demand(body.tracking_settings[name]?.enable === false, `${name} is off`)
    demand(
      Object.values(body.custom_args).every((value) => typeof value === 'string'),
      'arguments are texts',
    )
    const recipients = body.personalizations[0].to.map(({ email }: { email: string }) => email)
    const headerNames = [
      ...Object.keys(request.headers),
      ...Object.keys(body.headers).map((name) => name.toLowerCase()),
    ]
    const [{ value: text }] = body.content
    return { message: { headerNames, recipients, text, identity: body.custom_args.challenge } }
  },
  acceptedStatus: 202,
  acceptedId: id,
  acceptsWithoutBody: true,
  accepted: { status: 202, headers: { 'x-message-id': id }, body: '' },
  refusedForGood: fail(400, 'personalizations.0.to.0.email', 'Does not contain a valid address.'),
  refusedForNow: fail(429, null, 'too many requests'),
  errors: [
    {
      name: 'refused address',
      reply: fail(400, 'personalizations.0.to.0.email', 'ada@example.test is not a valid address.'),
      meaning: 'for-good',
    },
    {
      name: 'throttled',
      reply: fail(429, null, 'too many requests', { 'retry-after': '8' }),
      meaning: 'for-now',
      retryAfterSeconds: 8,
    },
    {
      name: 'sender of others',
      reply: fail(403, 'from', 'The from address does not match'),
      meaning: 'account',
    },
    {
      name: 'broken sender',
      reply: fail(400, 'from.email', 'The from email is not valid'),
      meaning: 'account',
    },
    {
      name: 'broken field of ours',
      reply: fail(400, 'content.0.value', 'The content value must be a string'),
      meaning: 'account',
    },
    { name: 'no credit', reply: fail(401, null, 'Maximum credits exceeded'), meaning: 'account' },
    { name: 'too large', reply: fail(413, null, 'Payload too large'), meaning: 'for-good' },
  ],
})
