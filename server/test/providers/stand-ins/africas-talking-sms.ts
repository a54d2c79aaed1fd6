import { Secret } from '../../../src/domain/secret.ts'
import { defineHttpStandIn, demand, errorTable, json, type Reply, readForm } from './stand-in.ts'

const id = 'ATXid_0123456789abcdef'

const answer = (statusCode: number, status: string, messageId = 'None'): Reply =>
  json(201, {
    SMSMessageData: {
      Message: 'Sent to 0/1 Total Cost: 0',
      Recipients: [{ statusCode, number: '+2250701020304', status, cost: '0', messageId }],
    },
  })
const answerNobody = (Message: string): Reply => json(201, { SMSMessageData: { Message, Recipients: [] } })

export const standIn = defineHttpStandIn({
  settings: (baseUrl) => ({
    username: 'shop',
    apiKey: new Secret('atsk_0123456789'),
    sender: 'SHOP',
    baseUrl,
  }),
  wrongSettings: { apiKey: new Secret('atsk_other') },
  read(request) {
    demand(request.path === '/version1/messaging', `the path is ${request.path}`)
    demand(request.headers.accept === 'application/json', 'JSON is asked for')
    if (request.headers.apikey !== 'atsk_0123456789')
      return { reply: { status: 401, body: 'The supplied authentication is invalid' } }
    const {
      username,
      to = '',
      message = '',
      from,
    } = readForm(request, {
      must: ['username', 'to', 'message'],
      may: ['from'],
    })
    demand(username === 'shop' && from === 'SHOP', 'application and sender are ours')
    const headerNames = Object.keys(request.headers)
    return { message: { headerNames, recipients: to.split(','), text: message, identity: request.body } }
  },
  acceptedStatus: 201,
  acceptedId: id,
  accepted: answer(101, 'Success', id),
  refusedForGood: answer(403, 'InvalidPhoneNumber'),
  refusedForNow: answer(500, 'InternalServerError'),
  errors: [
    { name: 'refused number', reply: answer(403, 'InvalidPhoneNumber'), meaning: 'for-good' },
    { name: 'landline', reply: answer(404, 'UnsupportedNumberType'), meaning: 'for-good' },
    { name: 'unsubscribed', reply: answer(406, 'UserInBlacklist'), meaning: 'for-good' },
    { name: 'do not disturb', reply: answer(409, 'DoNotDisturbRejection'), meaning: 'for-good' },
    {
      name: 'throttled',
      reply: { status: 429, headers: { 'retry-after': '5' }, body: 'Too many requests' },
      meaning: 'for-now',
      retryAfterSeconds: 5,
    },
    { name: 'no credit', reply: answer(405, 'InsufficientBalance'), meaning: 'account' },
    { name: 'sender of others', reply: answerNobody('InvalidSenderId'), meaning: 'account' },
    { name: 'no route', reply: answer(407, 'CouldNotRoute'), meaning: 'recipient-for-now' },
    ...errorTable(
      {
        'for-good': [403, 404, 406, 409],
        'recipient-for-now': [407],
        'unclear-for-now': [502],
        'for-now': [500, 501],
        account: [401, 402, 405],
      },
      (code) => answer(code, 'AsTheTableSays'),
    ),
    { name: 'a message that nobody documents', reply: answerNobody('Hello'), meaning: 'unknown' },
  ],
})
