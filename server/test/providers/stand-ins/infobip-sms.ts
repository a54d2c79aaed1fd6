import { Secret } from '../../../src/domain/secret.ts'
import { defineHttpStandIn, demand, demandKeys, json, type Reply, readJson } from './stand-in.ts'

const id = '2250be2d4219-3af1-78856-aabe-1362af1edfd2'

const answer = (groupId: number, groupName: string, statusId: number, name: string): Reply =>
  json(200, {
    bulkId: '2034072219640523072',
    messages: [
      {
        messageId: id,
        status: { groupId, groupName, id: statusId, name, description: `${name} for 2250701020304` },
        destination: '2250701020304',
      },
    ],
  })
const reject = (statusId: number, name: string): Reply => answer(5, 'REJECTED', statusId, name)
const fail = (status: number, messageId: string, text: string, headers = {}): Reply =>
  json(status, { requestError: { serviceException: { messageId, text } } }, headers)

export const standIn = defineHttpStandIn({
  settings: (baseUrl) => ({ apiKey: new Secret('infobip-key'), sender: 'Shop', baseUrl }),
  wrongSettings: { apiKey: new Secret('another') },
  read(request) {
    demand(request.path === '/sms/3/messages', `the path is ${request.path}`)
    if (request.headers.authorization !== 'App infobip-key')
      return { reply: fail(401, 'UNAUTHORIZED', 'Invalid login details') }
    const body = readJson(request)
    demandKeys(body, { must: ['messages'] })
    demand(body.messages.length === 1, 'one message')
    const [message] = body.messages
    demandKeys(message, { must: ['destinations', 'content'], may: ['sender', 'options', 'webhooks'] })
    demandKeys(message.content, { must: ['text'] })
    demandKeys(message.destinations[0], { must: ['to'], may: ['messageId'] })
    demand(
      message.destinations.length === 1 && /^[1-9][0-9]{6,14}$/.test(message.destinations[0].to),
      'one number',
    )
    demand(
      message.sender === 'Shop' && message.options.validityPeriod.timeUnit === 'MINUTES',
      'options are known',
    )
    const headerNames = Object.keys(request.headers)
    const { text } = message.content
    const identity = message.webhooks.callbackData
    return { message: { headerNames, recipients: [`+${message.destinations[0].to}`], text, identity } }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: answer(1, 'PENDING', 26, 'PENDING_ACCEPTED'),
  refusedForGood: reject(52, 'REJECTED_INVALID_DESTINATION'),
  refusedForNow: reject(21, 'REJECTED_SYSTEM_ERROR'),
  errors: [
    { name: 'refused number', reply: reject(52, 'REJECTED_INVALID_DESTINATION'), meaning: 'for-good' },
    { name: 'unsubscribed', reply: reject(10, 'REJECTED_DND'), meaning: 'for-good' },
    { name: 'blocked number', reply: reject(14, 'REJECTED_DESTINATION'), meaning: 'for-good' },
    {
      name: 'throttled',
      reply: fail(429, 'TOO_MANY_REQUESTS', 'Too many requests', { 'retry-after': '6' }),
      meaning: 'for-now',
      retryAfterSeconds: 6,
    },
    {
      name: 'too many to one number',
      reply: reject(20, 'REJECTED_FLOODING_FILTER'),
      meaning: 'recipient-for-now',
    },
    {
      name: 'phone that is not reached',
      reply: reject(66, 'REJECTED_NOT_REACHABLE'),
      meaning: 'recipient-for-now',
    },
    ...(
      [
        ['for-good', 'REJECTED_PREFIX_MISSING'],
        ['for-good', 'REJECTED_DND'],
        ['for-good', 'REJECTED_INVALID_DESTINATION'],
        ['for-good', 'REJECTED_MESSAGE_TOO_LONG'],
        ['for-now', 'REJECTED_INTERNAL_ERROR'],
        ['for-now', 'REJECTED_SYSTEM_ERROR'],
        ['account', 'REJECTED_NOT_ENOUGH_CREDITS'],
        ['account', 'REJECTED_PREPAID_PACKAGE_EXPIRED'],
        ['account', 'REJECTED_DESTINATION_NOT_REGISTERED'],
      ] as const
    ).map(([meaning, name]) => ({ name, reply: reject(1, name), meaning })),
    { name: 'no credit', reply: reject(12, 'REJECTED_NOT_ENOUGH_CREDITS'), meaning: 'account' },
    { name: 'sender of others', reply: reject(13, 'REJECTED_SENDER'), meaning: 'account' },
    {
      name: 'blocklisted number',
      reply: reject(14, 'REJECTED_DESTINATION_BLOCKLISTED'),
      meaning: 'for-good',
    },
    { name: 'signals of fraud', reply: reject(87, 'SIGNALS_BLOCKED'), meaning: 'for-good' },
    { name: 'network that is not ours', reply: reject(6, 'REJECTED_NETWORK'), meaning: 'account' },
    { name: 'sender that is not registered', reply: reject(11, 'REJECTED_SOURCE'), meaning: 'account' },
    { name: 'trial that is over', reply: reject(75, 'REJECTED_FREE_TRIAL_EXCEEDED'), meaning: 'account' },
    {
      name: 'out of order',
      reply: reject(100, 'UNDELIVERABLE_REJECTED_PLATFORM'),
      meaning: 'for-now',
    },
    { name: 'no route', reply: reject(19, 'REJECTED_ROUTE_NOT_AVAILABLE'), meaning: 'account' },
    {
      name: 'a text that they cannot read',
      reply: fail(400, 'BAD_REQUEST', 'Bad Request'),
      meaning: 'for-good',
    },
  ],
})
