import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ReceiptWorld, startReceiptWorld } from '../harness/receipt-world.ts'
import { snsNotification, snsPost } from '../providers/provider-reports.ts'
import {
  certificateUrl,
  type SnsHost,
  type SnsMessage,
  signedBySns,
  snsOrigin,
  startSnsHost,
  topicArn,
} from '../providers/sns-host.ts'

let host: SnsHost
let world: ReceiptWorld
beforeAll(async () => {
  host = await startSnsHost()
  world = await startReceiptWorld(`
carriers:
  mail:
    kind: ses-email
    region: eu-west-1
    accessKeyId: AKIAIOSFODNN7EXAMPLE
    secretAccessKey: ses-secret-of-tests
    from: codes@example.test
    topicArn: ${topicArn}
    baseUrl: ${host.url}
routes: {sms: [inbox]}
`)
})
afterAll(async () => {
  await world.stop()
  host.stop()
})

let count = 0
/** The id of a message that SES accepted, and the event that it was delivered. */
async function accepted(): Promise<{ id: string; event: object }> {
  count += 1
  const id = `ses-${count}`
  await world.accepted('mail', id)
  return { id, event: { eventType: 'Delivery', mail: { messageId: id } } }
}
const post = async (message: SnsMessage): Promise<number> =>
  (await world.send(snsPost('mail', message))).status

test.each(['1', '2'])(
  'a signature of version %s is believed, with a subject or without one',
  async (version) => {
    for (const changes of [{}, { Subject: 'Amazon SES Email Event Notification' }]) {
      const { id, event } = await accepted()
      expect(await post(signedBySns(snsNotification(event, changes as SnsMessage), { version }))).toBe(200)
      expect(await world.stateOf('mail', id)).toBe('delivered')
    }
  },
)

test('the certificate is fetched once, also for messages that arrive together', async () => {
  const { event } = await accepted()
  const message = signedBySns(snsNotification(event))
  await Promise.all([post(message), post(message), post(message)])
  expect(host.asked.filter((line) => line.endsWith('current.pem'))).toHaveLength(1)
})

const foreignTopic = { TopicArn: 'arn:aws:sns:eu-west-1:999999999999:codes' }
test.each<[string, (event: object) => SnsMessage]>([
  ['one that is not signed', (event) => snsNotification(event)],
  [
    'one whose text was changed',
    (event) => ({ ...signedBySns(snsNotification({})), Message: JSON.stringify(event) }),
  ],
  ['one that was given a subject', (event) => ({ ...signedBySns(snsNotification(event)), Subject: 'x' })],
  ['one of another version', (event) => ({ ...signedBySns(snsNotification(event)), SignatureVersion: '2' })],
  [
    'one of a version that nobody knows',
    (event) => ({ ...signedBySns(snsNotification(event)), SignatureVersion: '3' }),
  ],
  [
    'one of another topic, though SNS signed it',
    (event) => signedBySns(snsNotification(event, foreignTopic)),
  ],
  [
    'one by a certificate that has run out',
    (event) => signedBySns(snsNotification(event), { key: 'expired' }),
  ],
  [
    'one by a file that is no certificate',
    (event) => signedBySns(snsNotification(event, { SigningCertURL: certificateUrl('broken') })),
  ],
])('%s changes nothing', async (_, render) => {
  const { id, event } = await accepted()
  expect(await post(render(event))).toBe(403)
  expect(await world.stateOf('mail', id)).toBe('accepted')
})

test.each([
  'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-current.pem',
  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-current.pem',
  'https://sns.eu-west-1.amazonaws.com.example.test/SimpleNotificationService-current.pem',
  'https://sns.eu-west-1.amazonaws.com@example.test/SimpleNotificationService-current.pem',
  'https://a:b@sns.eu-west-1.amazonaws.com/SimpleNotificationService-current.pem',
  'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-current.pem',
  'https://sns.eu-west-1.amazonaws.com/x/../other/SimpleNotificationService-current.pem',
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-current.pem?x=1',
  'https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-current.pem',
  'nothing',
])('no certificate is fetched from %s', async (SigningCertURL) => {
  const { id, event } = await accepted()
  const before = host.asked.length
  expect(await post(signedBySns(snsNotification(event, { SigningCertURL })))).toBe(403)
  expect(host.asked).toHaveLength(before)
  expect(await world.stateOf('mail', id)).toBe('accepted')
})

test('while the certificate cannot be had the answer is 503, so that SNS sends the message again', async () => {
  const { id, event } = await accepted()
  const message = signedBySns(snsNotification(event, { SigningCertURL: certificateUrl('missing') }))
  expect(await post(message)).toBe(503)
  expect(await post(message)).toBe(503)
  expect(host.asked.filter((line) => line.endsWith('missing.pem'))).toHaveLength(2)
  expect(await world.stateOf('mail', id)).toBe('accepted')
})

const subscription = (changes: SnsMessage = {}): SnsMessage => ({
  Type: 'SubscriptionConfirmation',
  MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
  Token: '2336412f37',
  TopicArn: topicArn,
  Message: 'You have chosen to subscribe to the topic.',
  SubscribeURL: `${snsOrigin}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=2336412f37`,
  Timestamp: '2026-05-02T00:54:06.655Z',
  ...changes,
})

test('a subscription of the topic is confirmed at SNS, and not where the message says', async () => {
  expect(await post(signedBySns(subscription()))).toBe(200)
  expect(Object.fromEntries(new URLSearchParams(host.confirmations.pop()))).toEqual({
    Action: 'ConfirmSubscription',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Token: '2336412f37',
  })

  const elsewhere = { SubscribeURL: 'http://169.254.169.254/latest/meta-data' }
  const otherToken = { Token: '9999' }
  for (const message of [
    subscription(),
    { ...signedBySns(subscription()), ...otherToken },
    signedBySns(subscription(elsewhere)),
    signedBySns(subscription(otherToken)),
    signedBySns(subscription(foreignTopic)),
  ])
    expect(await post(message)).toBe(403)
  expect(host.confirmations).toEqual([])
})
