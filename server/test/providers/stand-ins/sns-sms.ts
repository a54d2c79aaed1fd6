import { awsSettings, awsWrong, verifyAws } from './aws.ts'
import { defineHttpStandIn, demand, type Reply, readForm } from './stand-in.ts'

const id = '94f20ce6-13c5-43a0-9a9e-ca52d816e90b'
const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/'

const xml = (status: number, body: string, headers = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/xml', ...headers },
  body,
})
const fail = (status: number, code: string, message: string, headers = {}): Reply =>
  xml(
    status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    headers,
  )

export const standIn = defineHttpStandIn({
  settings: (url) => ({ ...awsSettings(url), senderId: 'SHOP' }),
  wrongSettings: awsWrong,
  read(request) {
    demand(request.path === '/', `the path is ${request.path}`)
    if (!verifyAws(request, 'sns'))
      return {
        reply: fail(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match'),
      }
    const attribute = (index: number) =>
      ['Name', 'Value.DataType', 'Value.StringValue'].map(
        (part) => `MessageAttributes.entry.${index}.${part}`,
      )
    const form = readForm(request, {
      must: ['Action', 'Version', 'PhoneNumber', 'Message', ...attribute(1), ...attribute(2)],
    })
    demand(form.Action === 'Publish' && form.Version === '2010-03-31', 'Publish is asked for')
    demand(form['MessageAttributes.entry.1.Value.StringValue'] === 'Transactional', 'codes are transactional')
    demand(form['MessageAttributes.entry.2.Name'] === 'AWS.SNS.SMS.SenderID', 'the sender is named')
    const { PhoneNumber = '', Message = '' } = form
    const headerNames = Object.keys(request.headers)
    return { message: { headerNames, recipients: [PhoneNumber], text: Message, identity: request.body } }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: xml(
    200,
    `<PublishResponse xmlns="${namespace}"><PublishResult><MessageId>${id}</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>`,
  ),
  refusedForGood: fail(400, 'InvalidParameter', 'Invalid parameter: PhoneNumber'),
  refusedForNow: fail(400, 'Throttling', 'Rate exceeded'),
  errors: [
    {
      name: 'refused number',
      reply: fail(
        400,
        'InvalidParameter',
        'Invalid parameter: PhoneNumber Reason: +2250701020304 is not valid',
      ),
      meaning: 'for-good',
    },
    {
      name: 'unsubscribed',
      reply: fail(400, 'OptedOut', '+2250701020304 is opted out'),
      meaning: 'for-good',
    },
    {
      name: 'throttled',
      reply: fail(429, 'Throttled', 'Rate exceeded', { 'retry-after': '9' }),
      meaning: 'for-now',
      retryAfterSeconds: 9,
    },
    {
      name: 'a number that has opted out',
      reply: fail(
        400,
        'InvalidParameter',
        'Invalid parameter: PhoneNumber Reason: +2250701020304 is opted out',
      ),
      meaning: 'for-good',
    },
    {
      name: 'a sender that is none',
      reply: fail(400, 'InvalidParameter', 'Invalid parameter: MessageAttributes Reason: SenderID'),
      meaning: 'account',
    },
    { name: 'throttled with 400', reply: fail(400, 'RequestLimitExceeded', 'Rate'), meaning: 'for-now' },
    { name: 'throttled by the keys', reply: fail(400, 'KMSThrottlingException', 'Rate'), meaning: 'for-now' },
    { name: 'a clock that is wrong', reply: fail(403, 'RequestTimeTooSkewed', 'skew'), meaning: 'account' },
    { name: 'a region without it', reply: fail(404, 'NotFound', 'no such resource'), meaning: 'account' },
    { name: 'an error in a 200', reply: fail(200, 'InvalidParameter', 'PhoneNumber'), meaning: 'for-good' },
    {
      name: 'unknown key',
      reply: fail(403, 'InvalidClientTokenId', 'The token is invalid'),
      meaning: 'account',
    },
    { name: 'no permission', reply: fail(403, 'AuthorizationError', 'not authorized'), meaning: 'account' },
    { name: 'their fault', reply: fail(500, 'InternalError', 'Internal'), meaning: 'for-now' },
  ],
})
