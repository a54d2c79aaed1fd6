import { Secret } from '../../../src/domain/secret.ts'
import { defineHttpStandIn, demand, demandKeys, errorTable, json, type Reply, readJson } from './stand-in.ts'

const id = '3763646c3058373530393938'
const template = '0123456789abcdef01234567'

const refuse = (message: string, code?: string, status = 200): Reply =>
  json(status, { message, type: 'error', ...(code === undefined ? {} : { code }) })

export const standIn = defineHttpStandIn({
  sendsText: false,
  settings: (baseUrl) => ({ authKey: new Secret('417A0authkey'), template, codeVariable: 'OTP', baseUrl }),
  wrongSettings: { authKey: new Secret('another') },
  read(request) {
    demand(request.path === '/api/v5/flow', `the path is ${request.path}`)
    if (request.headers.authkey !== '417A0authkey')
      return { reply: json(401, { status: 'fail', hasError: true, errors: 'Unauthorized', code: '401' }) }
    const body = readJson(request)
    demandKeys(body, { must: ['template_id', 'recipients'], may: ['short_url'] })
    demand(body.template_id === template && body.recipients.length === 1, 'one recipient of our template')
    const [recipient] = body.recipients
    demandKeys(recipient, { must: ['mobiles', 'OTP'] })
    demand(/^[1-9][0-9]{6,14}$/.test(recipient.mobiles), 'the number stands without its +')
    const text = `${recipient.OTP} is your Shop code.`
    const headerNames = Object.keys(request.headers)
    return { message: { headerNames, recipients: [`+${recipient.mobiles}`], text, identity: request.body } }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: json(200, { message: id, type: 'success' }),
  refusedForGood: refuse('Invalid mobile number', '202'),
  refusedForNow: refuse('Internal error.Please contact support for details', '601'),
  errors: [
    {
      name: 'refused number',
      reply: refuse('Invalid mobile number 2250701020304', '202'),
      meaning: 'for-good',
    },
    { name: 'unsubscribed', reply: refuse('Number is blocked'), meaning: 'for-good' },
    {
      name: 'throttled',
      reply: json(429, { type: 'error', message: 'Too many requests' }, { 'retry-after': '4' }),
      meaning: 'for-now',
      retryAfterSeconds: 4,
    },
    { name: 'bad key in a 200', reply: refuse('AuthenticationFailure', '201'), meaning: 'account' },
    { name: 'bad key without a code', reply: refuse('Invalid authkey'), meaning: 'account' },
    { name: 'no credit', reply: refuse('Insufficient balance', '301'), meaning: 'account' },
    { name: 'network that is not listed', reply: refuse('IP not whitelisted', '418'), meaning: 'account' },
    { name: 'template that does not exist', reply: refuse('Flow id missing', '400'), meaning: 'account' },
    { name: 'database that is away', reply: refuse('Unable to connect database', '001'), meaning: 'for-now' },
    ...errorTable(
      {
        'for-good': [101, 102, 202, 310],
        'for-now': [306, 601],
        account: [
          103, 106, 107, 201, 203, 205, 207, 208, 209, 210, 301, 302, 303, 400, 401, 402, 403, 404, 418, 505,
          506,
        ],
      },
      (code) => refuse('As the table says', `${code}`),
    ),
    { name: 'the same within ten seconds', reply: refuse('Duplicate request', '311'), meaning: 'unknown' },
  ],
})
