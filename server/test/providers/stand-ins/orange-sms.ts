import { Secret } from '../../../src/domain/secret.ts'
import {
  basic,
  defineHttpStandIn,
  demand,
  demandKeys,
  json,
  type Reply,
  readForm,
  readJson,
} from './stand-in.ts'

const id = '5cd4c0f4-4a3a-4a27-9a3e-2f6f3b0b7b0e'
const token = 'i6m2iIcY0SodWSe4CqE1GcvTlnlD'

const refuse = (
  status: number,
  kind: 'policyException' | 'serviceException',
  messageId: string,
  text: string,
): Reply => json(status, { requestError: { [kind]: { messageId, text, variables: ['tel:+2250701020304'] } } })
const fail = (status: number, code: number, message: string, headers = {}): Reply =>
  json(status, { code, message, description: `${message}.` }, headers)

export const standIn = defineHttpStandIn({
  settings: (baseUrl) => ({
    clientId: 'client-id',
    clientSecret: new Secret('client-secret'),
    senderAddress: '+2250000',
    senderName: 'SHOP',
    baseUrl,
  }),
  wrongSettings: { clientSecret: new Secret('another') },
  read(request) {
    if (request.path === '/oauth/v3/token') {
      demand(
        readForm(request, { must: ['grant_type'] }).grant_type === 'client_credentials',
        'the grant is known',
      )
      if (request.headers.authorization !== basic('client-id', 'client-secret'))
        return {
          reply: json(401, {
            error: 'invalid_client',
            error_description: 'The client credentials are invalid',
          }),
        }
      return { reply: json(200, { token_type: 'Bearer', access_token: token, expires_in: '3600' }) }
    }
    demand(
      request.path === '/smsmessaging/v1/outbound/tel%3A%2B2250000/requests',
      `the path is ${request.path}`,
    )
    if (request.headers.authorization !== `Bearer ${token}`)
      return { reply: fail(401, 42, 'Expired credentials') }
    const body = readJson(request)
    demandKeys(body, { must: ['outboundSMSMessageRequest'] })
    const message = body.outboundSMSMessageRequest
    demandKeys(message, { must: ['address', 'senderAddress', 'outboundSMSTextMessage'], may: ['senderName'] })
    demand(message.senderAddress === 'tel:+2250000' && message.senderName === 'SHOP', 'the sender is ours')
    const [, to = ''] = /^tel:(\+[0-9]+)$/.exec(message.address) ?? []
    const headerNames = Object.keys(request.headers)
    const text = message.outboundSMSTextMessage.message
    return { message: { headerNames, recipients: [to], text, identity: request.body } }
  },
  acceptedStatus: 201,
  acceptedId: id,
  accepted: json(201, {
    outboundSMSMessageRequest: {
      address: ['tel:+2250701020304'],
      senderAddress: 'tel:+2250000',
      senderName: 'SHOP',
      outboundSMSTextMessage: { message: '012345 is your Shop code.' },
      resourceURL: `https://api.orange.com/smsmessaging/v1/outbound/tel:+2250000/requests/${id}`,
    },
  }),
  refusedForGood: refuse(
    400,
    'serviceException',
    'SVC0004',
    'No valid addresses provided in message part %1',
  ),
  refusedForNow: fail(429, 53, 'Too many requests'),
  errors: [
    {
      name: 'refused number',
      reply: refuse(400, 'serviceException', 'SVC0004', 'No valid addresses provided in message part %1'),
      meaning: 'for-good',
    },
    {
      name: 'throttled',
      reply: fail(429, 53, 'Too many requests', { 'retry-after': '1' }),
      meaning: 'for-now',
      retryAfterSeconds: 1,
    },
    {
      name: 'no credit',
      reply: refuse(403, 'policyException', 'POL0001', 'A policy error occurred. Error code is %1'),
      meaning: 'account',
    },
    {
      name: 'text that is too long',
      reply: refuse(400, 'serviceException', 'SVC0280', 'Message too long. Maximum length is %1 characters'),
      meaning: 'for-good',
    },
    {
      name: 'sender name of others',
      reply: json(400, {
        requestError: {
          serviceException: {
            messageId: 'SVC0002',
            text: 'Invalid input value for message part %1',
            variables: ['senderName'],
          },
        },
      }),
      meaning: 'account',
    },
    {
      name: 'too many addresses',
      reply: refuse(403, 'policyException', 'POL0003', 'Too many addresses specified in message part %1'),
      meaning: 'account',
    },
    { name: 'expired token', reply: fail(401, 42, 'Expired credentials'), meaning: 'account' },
    { name: 'revoked token', reply: fail(401, 41, 'Invalid credentials'), meaning: 'account' },
    {
      name: 'their fault',
      reply: fail(503, 5, 'The service is temporarily unavailable'),
      meaning: 'for-now',
    },
  ],
})
