import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { publicUrl, type Sent, tokenPath } from '../harness/receipt-world.ts'
import { type SnsMessage, signedBySns, topicArn } from './sns-host.ts'

/*
 * The reports of every provider, as its document shows them, signed in its way. `forge` is the same from somebody who
 * knows everything except the secret.
 */

export type ProviderReports = {
  kind: string
  /** Distinguishes several of one kind. */
  signedBy?: string
  /** Its specific settings in YAML. */
  settings: string
  /** The provider's names of three states. */
  words: { sent: string | null; delivered: string; lost: string }
  report(carrier: string, id: string, word: string): Sent
  forge(carrier: string, id: string, word: string): Sent
}

const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Sent => ({
  path,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})

const json = (path: string, body: unknown, headers: Record<string, string> = {}): Sent => ({
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** For providers that do not sign: the same report with a wrong callback token. */
const unsigned = (report: ProviderReports['report']): Pick<ProviderReports, 'report' | 'forge'> => ({
  report,
  forge: (carrier, id, word) => ({
    ...report(carrier, id, word),
    path: tokenPath(carrier).replace(/.{40}$/, '0'.repeat(40)),
  }),
})

const twilioToken = 'twilio-auth-token-of-tests'
const twilioLogin = `accountSid: AC${'0'.repeat(32)}\n    authToken: ${twilioToken}`

function twilio(carrier: string, fields: Record<string, string>, token: string): Sent {
  const path = `/receipts/${carrier}`
  const signed = Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name]}`)
    .join('')
  const signature = createHmac('sha1', token).update(`${publicUrl}${path}${signed}`).digest('base64')
  return form(path, fields, { 'x-twilio-signature': signature })
}

const twilioMessage = (id: string, MessageStatus: string) => ({
  SmsSid: id,
  SmsStatus: MessageStatus,
  MessageStatus,
  To: '+2250701020304',
  MessageSid: id,
  AccountSid: `AC${'0'.repeat(32)}`,
  From: '+14155550100',
  ApiVersion: '2010-04-01',
})

const twilioReports = (fieldsOf: (id: string, word: string) => Record<string, string>) => ({
  report: (carrier: string, id: string, word: string) => twilio(carrier, fieldsOf(id, word), twilioToken),
  forge: (carrier: string, id: string, word: string) => twilio(carrier, fieldsOf(id, word), 'another token'),
})

const metaSecret = 'meta-app-secret-of-tests'
const meta = (carrier: string, id: string, status: string, secret: string): Sent => {
  const statuses = [
    {
      id,
      status,
      timestamp: '1760000000',
      recipient_id: '2250701020304',
      ...(status === 'failed' ? { errors: [{ code: 131026, title: 'Message undeliverable' }] } : {}),
    },
  ]
  const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: '106540352242922' }, statuses }
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ value, field: 'messages' }] }],
  })
  return {
    path: `/receipts/${carrier}`,
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  }
}

const eventKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const otherKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const eventKey = eventKeys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const sendgrid = (carrier: string, id: string, event: string, key = eventKeys.privateKey): Sent => {
  const body = JSON.stringify([
    {
      email: 'ada@example.test',
      timestamp: 1760000000,
      'smtp-id': '<x@y>',
      event,
      sg_event_id: 'sg',
      sg_message_id: `${id}.recvd-abc-1-5F.0`,
    },
  ])
  const timestamp = '1760000000'
  return {
    path: `/receipts/${carrier}`,
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), key).toString(
        'base64',
      ),
    },
    body,
  }
}

const mailgunKey = 'mailgun-signing-key-of-tests'
/** A webhook of Mailgun; its key, time and nonce can be set, for forgeries and replays. */
export function mailgun(
  carrier: string,
  id: string,
  event: string,
  {
    key = mailgunKey,
    timestamp = String(Math.floor(Date.now() / 1000)),
    token = randomBytes(25).toString('hex'),
  } = {},
): Sent {
  const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex')
  const [name = '', severity] = event.split('/')
  return json(tokenPath(carrier), {
    signature: { timestamp, token, signature },
    'event-data': {
      event: name,
      ...(severity === undefined ? {} : { severity }),
      recipient: 'ada@example.test',
      message: { headers: { 'message-id': id.replace(/[<>]/g, ''), to: 'ada@example.test' } },
    },
  })
}

/** A bounce as Postfix writes it; `words` are more lines for the recipient. */
export const bounceOf = (
  messageId: string,
  action: string,
  status = '5.1.1',
  mail = 'Subject: Your code\n\nText\n',
) =>
  `From: MAILER-DAEMON@mx.example.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: codes@example.test
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4cGx3T0Fqzz1.1700000000/mx.example.test"
Message-Id: <20261121130000.4cGx3T0Fqzz1@mx.example.test>

This is a MIME-encapsulated message.

--4cGx3T0Fqzz1.1700000000/mx.example.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.test.

--4cGx3T0Fqzz1.1700000000/mx.example.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.test
X-Postfix-Queue-ID: 4cGx3T0Fqzz1
X-Postfix-Sender: rfc822; codes@example.test
Arrival-Date: Sat, 21 Nov 2026 12:59:58 +0000 (UTC)

Final-Recipient: rfc822; ada@example.test
Original-Recipient: rfc822;ada@example.test
Action: ${action}
Status: ${status}
Remote-MTA: dns; mail.example.test
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.test>: Recipient address
    rejected: User unknown in local recipient table

--4cGx3T0Fqzz1.1700000000/mx.example.test
Content-Description: Undelivered Message
Content-Type: message/rfc822

Received: from codes.example.test (codes.example.test [192.0.2.1])
	by mx.example.test (Postfix) with ESMTPS id 4cGx3T0Fqzz1
Message-ID: ${messageId}
${mail}
--4cGx3T0Fqzz1.1700000000/mx.example.test--
`.replaceAll('\n', '\r\n')

/** A mailbox forwards bounces unchanged. */
export const mailbox = (carrier: string, body: string): Sent => ({
  path: tokenPath(carrier),
  headers: { 'content-type': 'message/rfc822' },
  body,
})

/** The SNS of a carrier's settings, for a test to replace with the stand-in that it has started. */
export const snsPlace = 'http://127.0.0.1:9'

/** What SNS posts: JSON with a text content type. */
export const snsPost = (carrier: string, message: SnsMessage): Sent => ({
  path: tokenPath(carrier),
  headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': message.Type ?? '' },
  body: JSON.stringify(message),
})

/** An unsigned notification of the topic. */
export const snsNotification = (event: unknown, changes: SnsMessage = {}): SnsMessage => ({
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: topicArn,
  Message: JSON.stringify(event),
  Timestamp: '2026-05-02T00:54:06.655Z',
  ...changes,
})

const sesEvent = (messageId: string, eventType: string) => ({
  eventType,
  mail: { messageId, destination: ['ada@example.test'] },
  ...(eventType === 'Bounce' ? { bounce: { bounceType: 'Permanent', bounceSubType: 'General' } } : {}),
})

const vonageSecret = 'vonage-signature-secret-of-tests'
export const vonageSettings = 'apiKey: a1b2c3d4\n    apiSecret: vonage-secret-of-tests\n    sender: Example'
const now = () => Math.floor(Date.now() / 1000)
export const vonageFields = (messageId: string, status: string) => ({
  msisdn: '2250701020304',
  to: 'Example & Sons = shop',
  'network-code': '61203',
  messageId,
  price: '0.03330000',
  status,
  scts: '2611211310',
  'err-code': '0',
  'api-key': 'a1b2c3d4',
  'client-ref': 'a=b&c',
  'message-timestamp': '2026-11-21 12:10:29',
})

/** The fields with their hash, as an account with signed webhooks sends them. */
export function vonageSum(
  messageId: string,
  status: string,
  { secret = vonageSecret, hash = 'sha256', timestamp = now() } = {},
): Record<string, string> {
  return signedByVonage(vonageFields(messageId, status), { secret, hash, timestamp })
}

function signedByVonage(
  unsignedFields: Record<string, string>,
  { secret = vonageSecret, hash = 'sha256', timestamp = now() } = {},
): Record<string, string> {
  const fields: Record<string, string> = {
    ...unsignedFields,
    timestamp: String(timestamp),
    nonce: randomBytes(16).toString('hex'),
  }
  const text = Object.entries(fields)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `&${name}=${value.replaceAll('&', '_').replaceAll('=', '_')}`)
    .join('')
  const sig =
    hash === 'md5hash'
      ? createHash('md5').update(`${text}${secret}`).digest('hex')
      : createHmac(hash, secret).update(text).digest('hex').toUpperCase()
  return { ...fields, sig }
}

/** The same as JSON, with a token that holds its digest. */
export function vonageToken(
  carrier: string,
  body: string,
  { secret = vonageSecret, head = {}, claims = {} }: { secret?: string; head?: object; claims?: object } = {},
): Sent {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload_hash = createHash('sha256').update(body).digest('hex')
  const jti = randomBytes(16).toString('hex')
  const signed = [
    { typ: 'JWT', alg: 'HS256', ...head },
    { iat: now(), jti, iss: 'Vonage', payload_hash, api_key: 'a1b2c3d4', ...claims },
  ]
    .map(part)
    .join('.')
  const signature = createHmac('sha256', secret).update(signed).digest('base64url')
  return {
    path: `/receipts/${carrier}`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${signed}.${signature}` },
    body,
  }
}

/** Every kind whose provider reports over HTTP. */
export const providerReports: ProviderReports[] = [
  {
    kind: 'twilio-sms',
    settings: `${twilioLogin}\n    sender: MG${'0'.repeat(32)}`,
    words: { sent: 'sent', delivered: 'delivered', lost: 'undelivered' },
    ...twilioReports(twilioMessage),
  },
  {
    kind: 'twilio-whatsapp',
    settings: `${twilioLogin}\n    sender: "+14155550100"\n    contentSid: HX${'0'.repeat(32)}`,
    words: { sent: 'sent', delivered: 'read', lost: 'failed' },
    ...twilioReports(twilioMessage),
  },
  {
    kind: 'twilio-voice',
    settings: `${twilioLogin}\n    sender: "+14155550100"`,
    words: { sent: null, delivered: 'completed', lost: 'no-answer' },
    ...twilioReports((id, CallStatus) => ({
      CallSid: id,
      CallStatus,
      To: '+2250701020304',
      Direction: 'outbound-api',
    })),
  },
  {
    kind: 'vonage-sms',
    settings: vonageSettings,
    words: { sent: 'buffered', delivered: 'delivered', lost: 'failed' },
    ...unsigned((carrier, messageId, status) => ({
      method: 'GET',
      path: `${tokenPath(carrier)}?${new URLSearchParams(vonageFields(messageId, status))}`,
    })),
    forge: (carrier, messageId, status) => ({
      method: 'GET',
      path: `/receipts/${carrier}/${'0'.repeat(40)}?${new URLSearchParams({ messageId, status })}`,
    }),
  },
  {
    kind: 'vonage-sms',
    signedBy: 'sum',
    settings: `${vonageSettings}\n    signatureSecret: ${vonageSecret}`,
    words: { sent: 'accepted', delivered: 'delivered', lost: 'rejected' },
    report: (carrier, id, word) => form(`/receipts/${carrier}`, vonageSum(id, word)),
    forge: (carrier, id, word) =>
      form(`/receipts/${carrier}`, vonageSum(id, word, { secret: 'another secret' })),
  },
  {
    kind: 'vonage-sms',
    signedBy: 'md5hash',
    settings: `${vonageSettings}\n    signatureSecret: ${vonageSecret}\n    signatureMethod: md5hash`,
    words: { sent: 'accepted', delivered: 'delivered', lost: 'rejected' },
    report: (carrier, id, word) => ({
      method: 'GET',
      path: `/receipts/${carrier}?${new URLSearchParams(vonageSum(id, word, { hash: 'md5hash' }))}`,
    }),
    // The right secret with another method is not a valid signature.
    forge: (carrier, id, word) => ({
      method: 'GET',
      path: `/receipts/${carrier}?${new URLSearchParams(vonageSum(id, word))}`,
    }),
  },
  {
    kind: 'vonage-sms',
    signedBy: 'token',
    settings: `${vonageSettings}\n    signatureSecret: ${vonageSecret}`,
    words: { sent: 'accepted', delivered: 'delivered', lost: 'expired' },
    report: (carrier, id, word) => vonageToken(carrier, JSON.stringify(vonageFields(id, word))),
    forge: (carrier, id, word) =>
      vonageToken(carrier, JSON.stringify(vonageFields(id, word)), { secret: 'another secret' }),
  },
  {
    kind: 'africas-talking-sms',
    settings: 'username: example\n    apiKey: at-key-of-tests',
    words: { sent: 'Sent', delivered: 'Success', lost: 'Rejected' },
    ...unsigned((carrier, id, status) =>
      form(tokenPath(carrier), {
        id,
        status,
        phoneNumber: '+2250701020304',
        networkCode: '61203',
        retryCount: '0',
      }),
    ),
  },
  {
    kind: 'msg91-sms',
    settings: 'authKey: msg91-key-of-tests\n    template: 0123456789abcdef01234567',
    words: { sent: null, delivered: '1', lost: '2' },
    ...unsigned((carrier, requestId, status) =>
      form(tokenPath(carrier), {
        data: JSON.stringify([
          { senderId: 'ACMEIN', requestId, report: [{ number: '919512345678', status, desc: 'DELIVERED' }] },
        ]),
      }),
    ),
  },
  {
    kind: 'infobip-sms',
    settings: 'apiKey: infobip-key-of-tests\n    sender: Example',
    words: {
      sent: 'DELIVERED_TO_OPERATOR',
      delivered: 'DELIVERED_TO_HANDSET',
      lost: 'UNDELIVERABLE_NOT_DELIVERED',
    },
    ...unsigned((carrier, messageId, name) =>
      json(tokenPath(carrier), {
        results: [
          { messageId, to: '2250701020304', status: { groupId: 3, groupName: name.split('_')[0], name } },
        ],
      }),
    ),
  },
  {
    kind: 'orange-sms',
    settings: 'clientId: client\n    clientSecret: orange-secret-of-tests\n    senderAddress: "+2250000"',
    words: { sent: 'DeliveredToNetwork', delivered: 'DeliveredToTerminal', lost: 'DeliveryImpossible' },
    ...unsigned((carrier, callbackData, deliveryStatus) =>
      json(tokenPath(carrier), {
        deliveryInfoNotification: {
          callbackData,
          deliveryInfo: { address: 'tel:+2250701020304', deliveryStatus },
        },
      }),
    ),
  },
  {
    kind: 'webhook',
    settings: 'url: https://gateway.example.test/send',
    words: { sent: 'sent', delivered: 'delivered', lost: 'undelivered' },
    ...unsigned((carrier, id, state) => json(tokenPath(carrier), { id, state, detail: 'err 3' })),
  },
  {
    kind: 'meta-whatsapp',
    settings: `phoneNumberId: "106540352242922"\n    accessToken: meta-token-of-tests\n    template: code\n    appSecret: ${metaSecret}`,
    words: { sent: 'sent', delivered: 'read', lost: 'failed' },
    report: (carrier, id, word) => meta(carrier, id, word, metaSecret),
    forge: (carrier, id, word) => meta(carrier, id, word, 'another secret'),
  },
  {
    kind: 'sendgrid-email',
    settings: `apiKey: sendgrid-key-of-tests\n    from: codes@example.test\n    eventKey: ${eventKey}`,
    words: { sent: 'processed', delivered: 'delivered', lost: 'bounce' },
    report: (carrier, id, word) => sendgrid(carrier, id, word),
    forge: (carrier, id, word) => sendgrid(carrier, id, word, otherKeys.privateKey),
  },
  {
    kind: 'mailgun-email',
    settings: `domain: mg.example.test\n    apiKey: mailgun-sending-key\n    from: codes@mg.example.test\n    signingKey: ${mailgunKey}`,
    words: { sent: 'failed/temporary', delivered: 'delivered', lost: 'failed/permanent' },
    report: (carrier, id, word) => mailgun(carrier, id, word),
    forge: (carrier, id, word) => mailgun(carrier, id, word, { key: 'another key' }),
  },
  {
    kind: 'smtp-email',
    settings: 'url: smtps://mail.example.test\n    from: codes@example.test',
    words: { sent: 'delayed', delivered: 'delivered', lost: 'failed' },
    ...unsigned((carrier, id, action) => mailbox(carrier, bounceOf(id, action))),
  },
  {
    kind: 'ses-email',
    settings: `region: eu-west-1\n    accessKeyId: AKIAIOSFODNN7EXAMPLE\n    secretAccessKey: ses-secret-of-tests\n    from: codes@example.test\n    topicArn: ${topicArn}\n    baseUrl: ${snsPlace}`,
    words: { sent: 'Send', delivered: 'Delivery', lost: 'Bounce' },
    report: (carrier, id, word) => snsPost(carrier, signedBySns(snsNotification(sesEvent(id, word)))),
    // The signature of another event.
    forge: (carrier, id, word) =>
      snsPost(carrier, {
        ...signedBySns(snsNotification(sesEvent('another', word))),
        Message: JSON.stringify(sesEvent(id, word)),
      }),
  },
]

/** The name of a provider's carrier in tests. */
export const carrierOf = ({ kind, signedBy }: Pick<ProviderReports, 'kind' | 'signedBy'>): string =>
  signedBy === undefined ? `my-${kind}` : `my-${kind}-${signedBy}`

/** What Twilio posts when a person writes to a number, signed like its reports. */
export const twilioInbound = {
  settings: `accountSid: AC${'0'.repeat(32)}, authToken: ${twilioToken}, sender: "+14155550100"`,
  post: (carrier: string, fields: Record<string, string>): Sent =>
    twilio(
      carrier,
      { MessageSid: 'SM1', SmsStatus: 'received', To: '+14155550100', NumMedia: '0', ...fields },
      twilioToken,
    ),
}

/** The same of Vonage. */
export const vonageInbound = {
  settings: `apiKey: a1b2c3d4, apiSecret: vonage-secret-of-tests, sender: Example, signatureSecret: ${vonageSecret}`,
  post(carrier: string, fields: Record<string, string>): Sent {
    const { status: _, ...written } = {
      ...vonageFields('in-1', ''),
      type: 'text',
      keyword: 'STOP',
      ...fields,
    }
    return form(`/receipts/${carrier}`, signedByVonage(written))
  },
}
