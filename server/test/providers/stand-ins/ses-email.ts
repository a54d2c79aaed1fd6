import { awsSettings, awsWrong, verifyAws } from './aws.ts'
import { defineHttpStandIn, demand, demandKeys, json, type Reply, readJson } from './stand-in.ts'

const id = '0102018f0000-11111111-2222-3333-4444-555555555555-000000'

const fail = (status: number, type: string, message: string, headers = {}): Reply =>
  json(status, { message }, { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/`, ...headers })

export const standIn = defineHttpStandIn({
  settings: (url) => ({
    ...awsSettings(url),
    from: '"Shop, Ltd" <codes@shop.example>',
    configurationSet: 'codes',
  }),
  wrongSettings: awsWrong,
  read(request) {
    demand(request.path === '/v2/email/outbound-emails', `the path is ${request.path}`)
    if (!verifyAws(request, 'ses'))
      return {
        reply: fail(403, 'InvalidSignatureException', 'The request signature we calculated does not match'),
      }
    const body = readJson(request)
    demandKeys(body, {
      must: ['FromEmailAddress', 'Destination', 'Content'],
      may: ['EmailTags', 'ConfigurationSetName'],
    })
    demand(body.FromEmailAddress === '"Shop, Ltd" <codes@shop.example>', 'the sender is ours')
    demand(body.ConfigurationSetName === 'codes', 'the configuration set is ours')
    demandKeys(body.Destination, { must: ['ToAddresses'] })
    const mail = body.Content.Simple
    demandKeys(mail, { must: ['Subject', 'Body'], may: ['Headers'] })
    demand(mail.Subject.Data.length > 0 && !/[\r\n]/.test(mail.Subject.Data), 'the subject is one line')
    for (const { Name, Value } of body.EmailTags)
      demand(
        /^[A-Za-z0-9_-]{1,256}$/.test(Name) && /^[A-Za-z0-9_-]{1,256}$/.test(Value),
        'tags are of their letters',
      )
    const mailHeaders = mail.Headers.map(({ Name }: { Name: string }) => Name.toLowerCase())
    const headerNames = [...Object.keys(request.headers), ...mailHeaders]
    const recipients = body.Destination.ToAddresses
    return {
      message: { headerNames, recipients, text: mail.Body.Text.Data, identity: body.EmailTags[0].Value },
    }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: json(200, { MessageId: id }),
  refusedForGood: fail(400, 'MessageRejected', 'Message contains a virus'),
  refusedForNow: fail(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'),
  errors: [
    {
      name: 'refused address',
      reply: fail(400, 'BadRequestException', 'Illegal address ada@example.test'),
      meaning: 'for-good',
    },
    {
      name: 'refused text',
      reply: fail(400, 'MessageRejected', 'Message contains a virus'),
      meaning: 'for-good',
    },
    {
      name: 'throttled',
      reply: fail(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.', { 'retry-after': '2' }),
      meaning: 'for-now',
      retryAfterSeconds: 2,
    },
    {
      name: 'throttled with 400',
      reply: fail(400, 'ThrottlingException', 'Rate exceeded'),
      meaning: 'for-now',
    },
    {
      name: 'sandbox',
      reply: fail(400, 'MessageRejected', 'Email address is not verified: ada@example.test'),
      meaning: 'account',
    },
    {
      name: 'suspended account',
      reply: fail(400, 'AccountSuspendedException', 'Suspended'),
      meaning: 'account',
    },
    { name: 'paused account', reply: fail(400, 'SendingPausedException', 'Paused'), meaning: 'account' },
    {
      name: 'no permission',
      reply: fail(403, 'AccessDeniedException', 'not authorized'),
      meaning: 'account',
    },
    { name: 'their fault', reply: fail(500, 'InternalFailure', 'Internal'), meaning: 'for-now' },
  ],
})
