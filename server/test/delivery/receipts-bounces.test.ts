import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServiceCaller, newEmail, type ServiceCaller } from '../api/service/service-caller.ts'
import { publicUrl, type ReceiptWorld, startReceiptWorld, tokenPath } from '../harness/receipt-world.ts'
import { until } from '../harness/until.ts'
import { noBounces, plainBounces } from '../providers/plain-bounces.ts'
import { bounceOf, mailbox } from '../providers/provider-reports.ts'
import { type ReceivedMail, type SmtpPeer, startSmtpPeer } from '../providers/smtp-peer.ts'

let peer: SmtpPeer
let world: ReceiptWorld
let caller: ServiceCaller
beforeAll(async () => {
  peer = await startSmtpPeer({ hideSTARTTLS: true })
  world = await startReceiptWorld('routes: {email: [smtp]}\n', {
    SMTP_URL: `smtp://127.0.0.1:${peer.port}`,
    MAIL_FROM: 'codes@example.test',
  })
  caller = await createServiceCaller(world.app, { tokens: 100 })
})
afterAll(async () => {
  await world.stop()
  await peer.stop()
})

/** A code that was sent: the mail, and the id of its message. */
async function send(): Promise<{ challenge: string; mail: ReceivedMail; messageId: string }> {
  const before = peer.mails.length
  const { body } = await caller.send({ target: newEmail(), channel: 'email' })
  await until(() => peer.mails.length === before + 1)
  const [mail] = peer.mails.slice(-1)
  const messageId = mail?.email.messageId
  if (mail === undefined || messageId === undefined) throw new Error('the mail has no Message-ID')
  await until(async () => (await world.stateOf('smtp', messageId)) === 'accepted')
  return { challenge: body.recordId, mail, messageId }
}
const post = async (body: string) => (await world.send(mailbox('smtp', body))).status
const tokensUsed = async () => {
  const [row] = await world.app.db.query<{ used: number }>(
    'select tokens_used::int as used from quotas where project_id = $1',
    [caller.project.id],
  )
  return row?.used
}

test('a bounce with our mail in it says that it did not arrive, once, and the token comes back (S5)', async () => {
  const { challenge, mail, messageId } = await send()
  const used = (await tokensUsed()) ?? 0
  const bounce = bounceOf(messageId, 'failed', '5.1.1', mail.raw)
  expect(await Promise.all([post(bounce), post(bounce)])).toEqual([200, 200])
  expect(await post(bounce)).toBe(200)

  expect(await world.stateOf('smtp', messageId)).toBe('undelivered')
  expect(await tokensUsed()).toBe(used - 1)
  const told = (await world.events(challenge)).filter(({ type }) => type === 'challenge.undelivered')
  expect(told).toEqual([
    { type: 'challenge.undelivered', details: { carrier: 'smtp', reason: 'undelivered' } },
  ])
  const [row] = await world.app.db.query<{ detail: string }>(
    'select receipt_detail as detail from messages where carrier_message_id = $1',
    [messageId],
  )
  expect(row?.detail).toMatch(/^failed 5\.1\.1 smtp; \[removed\] <\[removed\]>: Recipient address rejected/)
})

test('a forged bounce changes nothing, though its sender knows the challenge and has mail of ours', async () => {
  const [{ challenge, messageId }, other] = [await send(), await send()]
  const [, stamp] = /\.([\w-]{16})@/.exec(other.messageId) ?? []
  expect(messageId).not.toContain(stamp)
  for (const forged of [
    `<${challenge}@example.test>`,
    `<${challenge}.${stamp}@example.test>`,
    messageId.replace(/.@/, '.@'),
  ])
    expect(await post(bounceOf(forged, 'failed'))).toBe(200)
  expect(await world.stateOf('smtp', messageId)).toBe('accepted')
})

test('a mail system that gives up late, and one that still tries, are understood', async () => {
  const { messageId } = await send()
  await post(bounceOf(messageId, 'delayed', '4.4.1'))
  expect(await world.stateOf('smtp', messageId)).toBe('sent')
  await post(bounceOf(messageId, 'failed', '4.4.7'))
  expect(await world.stateOf('smtp', messageId)).toBe('expired')
})

test('bounces of Exim return the header alone, and those of Exchange encode and nest theirs', async () => {
  const [exim, exchange] = [await send(), await send()]
  await post(`Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example.test>
To: codes@example.test
Content-Type: multipart/report; report-type=delivery-status; boundary=1700000000-eximdsn-42
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1700000000-eximdsn-42
Content-type: text/plain; charset=us-ascii

A message that you sent could not be delivered to one or more of its recipients.

--1700000000-eximdsn-42
Content-type: message/delivery-status

Reporting-MTA: dns; mx.example.test

Action: failed
Final-Recipient: rfc822;ada@example.test
Status: 5.0.0
Remote-MTA: dns; mail.example.test
Diagnostic-Code: smtp; 550 no such user

--1700000000-eximdsn-42
Content-type: text/rfc822-headers

Return-path: <codes@example.test>
Received: from codes.example.test by mx.example.test with esmtps
	(Exim 4.98) id 1tDxyz-000000-01
message-id:
 ${exim.messageId}
Subject: Your code

--1700000000-eximdsn-42--
`)
  const base64 = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n')).toString('base64')
  await post(
    `From: <postmaster@example.test>
To: <codes@example.test>
MIME-Version: 1.0
X-MS-Exchange-Message-Is-Ndr:
In-Reply-To: <another@example.test>
Subject: Undeliverable: Your code
Content-Type: multipart/report; report-type=delivery-status; boundary="=_outer"

--=_outer
Content-Type: multipart/alternative; boundary="=_inner"

--=_inner
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:=20

--=_inner
Content-Type: text/html; charset="us-ascii"

<html><body>Delivery has failed</body></html>
--=_inner--

--=_outer
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

${base64('Reporting-MTA: dns;EX01.example.test\n\nFinal-recipient: RFC822;\n ada@example.test\nAction: failed\nStatus: 5.1.10\nDiagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\n')}

--=_outer
Content-Type: message/rfc822

From: <codes@example.test>
Message-ID: ${exchange.messageId}
Subject: Your code

--=_outer--
`.replaceAll('\n', '\r\n'),
  )
  expect(await world.stateOf('smtp', exim.messageId)).toBe('undelivered')
  expect(await world.stateOf('smtp', exchange.messageId)).toBe('undelivered')
})

test('operators are told where bounces of the environment’s mail server are taken', async () => {
  const { body } = await world.app.get('/admin/v1/carriers/smtp', {
    authorization: `Bearer ${world.app.adminToken}`,
  })
  expect(body.receiptUrl).toBe(publicUrl + tokenPath('smtp'))
})

test('mail that is no bounce is taken and changes nothing', async () => {
  const { mail, messageId } = await send()
  const vacation = `From: ada@example.test\r\nIn-Reply-To: ${messageId}\r\nSubject: Away\r\n\r\nAction: failed\r\n`
  expect(await post(vacation)).toBe(200)
  expect(await post(mail.raw)).toBe(200)
  expect(await world.stateOf('smtp', messageId)).toBe('accepted')
})

test.each(plainBounces)(
  'a bounce without a report for machines is understood: $name',
  async ({ render, state }) => {
    const { messageId } = await send()
    expect(await post(render(messageId))).toBe(200)
    expect(await world.stateOf('smtp', messageId)).toBe(state)
  },
)

test.each(noBounces)('no bounce, and changes nothing: $name', async ({ render }) => {
  const { messageId } = await send()
  expect(await post(render(messageId))).toBe(200)
  expect(await world.stateOf('smtp', messageId)).toBe('accepted')
})

test('a bounce for people is kept with what the other server answered, without the address (C2)', async () => {
  const { messageId } = await send()
  await post(plainBounces[0]?.render(messageId) ?? '')
  const [row] = await world.app.db.query<{ detail: string }>(
    'select receipt_detail as detail from messages where carrier_message_id = $1',
    [messageId],
  )
  expect(row?.detail).toBe('550 5.1.1 No such user here')
})
