import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'vitest'
import type { RefusalReason } from '../../src/delivery/carrier.ts'
import { smtpEmail } from '../../src/delivery/kinds/smtp-email.ts'
import { classifyReply, type SmtpStage } from '../../src/delivery/protocols/smtp-replies.ts'
import { Secret } from '../../src/domain/secret.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { createSelfSignedCertificate } from '../harness/self-signed-certificate.ts'
import { startSmtpPeer } from '../providers/smtp-peer.ts'

const from = 'codes@shop.example'
const never = new AbortController().signal
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A mail server with these options, and the carrier that leads to it. */
async function startBoth(
  options: Parameters<typeof startSmtpPeer>[0],
  { login = '', sender = from }: { login?: string; sender?: string } = {},
) {
  const peer = await startSmtpPeer(options)
  const reports: string[] = []
  const carrier = smtpEmail.create(
    {
      url: new Secret(`smtp://${login}127.0.0.1:${peer.port}`),
      from: sender,
      allowPlainText: false,
    },
    { name: 'mail', log: { error: (_, event) => void reports.push(event) } },
  )
  closing.push(peer.stop, () => carrier.close?.())
  const deliver = (to = 'ada@example.test') => carrier.deliver(sampleMessage('email', { to }), never)
  return { peer, deliver, reports }
}

/** What Postfix, Exim, Exchange, sendmail, qmail, Gmail and others answer. */
const replies: [SmtpStage, string, RefusalReason][] = [
  ['connect', '421 4.7.0 Try again later, closing connection. (EHLO)', 'for-now'],
  ['connect', '554 5.7.1 Your address is blocked', 'account'],
  ['connect', '454 4.7.0 TLS not available due to local problem', 'for-now'],
  ['login', '535 5.7.8 Error: authentication failed', 'account'],
  ['login', '534 5.7.9 Application-specific password required', 'account'],
  ['login', '530 5.7.0 Must issue a STARTTLS command first', 'account'],
  ['login', '538 5.7.11 Encryption required', 'account'],
  ['login', '454 4.7.0 Temporary authentication failure', 'for-now'],
  ['login', '421 4.7.0 Too many errors', 'for-now'],
  ['sender', '450 4.7.1 Error: too much mail from 192.0.2.1', 'for-now'],
  ['sender', '451 4.3.0 Temporary lookup failure', 'for-now'],
  ['sender', '452 4.3.1 Insufficient system storage', 'for-now'],
  ['sender', '550 5.7.1 Sender not allowed', 'account'],
  ['sender', '553 5.7.1 <codes@shop.example>: Sender address rejected: not owned by user', 'account'],
  ['sender', '530 5.7.57 Client not authenticated to send mail', 'account'],
  [
    'recipient',
    '450 4.1.2 <a@nowhere.example>: Recipient address rejected: Domain not found',
    'recipient-for-now',
  ],
  [
    'recipient',
    '450 4.1.1 <a@b.example>: Recipient address rejected: unverified address',
    'recipient-for-now',
  ],
  ['recipient', '450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted', 'recipient-for-now'],
  ['recipient', '451 4.7.1 Greylisting in action, please come back later', 'recipient-for-now'],
  ['recipient', '452 4.2.2 The email account that you tried to reach is over quota', 'recipient-for-now'],
  ['recipient', '450 4.4.3 Name service error for nowhere.example', 'recipient-for-now'],
  ['recipient', '450 mailbox busy', 'recipient-for-now'],
  ['recipient', '451 try later', 'recipient-for-now'],
  ['recipient', '452 too many recipients', 'recipient-for-now'],
  ['recipient', '452 4.3.1 Insufficient system storage', 'for-now'],
  ['recipient', '451 4.3.0 <a@b.example>: Temporary lookup failure', 'for-now'],
  ['recipient', '421 4.7.0 Too many connections', 'for-now'],
  ['recipient', '450 4.1.8 <codes@shop.example>: Sender address rejected: Domain not found', 'for-now'],
  ['recipient', '450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]', 'for-now'],
  ['recipient', '450 4.7.1 <me>: Helo command rejected: Host not found', 'for-now'],
  ['recipient', '504 5.5.2 <me>: Helo command rejected: need fully-qualified hostname', 'account'],
  ['recipient', '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied', 'account'],
  ['recipient', '554 5.7.1 <a@b.example>: Relay access denied', 'account'],
  ['recipient', '550 5.7.1 <a@b.example>... Relaying denied', 'account'],
  ['recipient', '550 relay not permitted', 'account'],
  ['recipient', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'account'],
  ['recipient', "553 sorry, that domain isn't in my list of allowed rcpthosts", 'account'],
  ['recipient', '530 5.7.0 Authentication required', 'account'],
  ['recipient', '550 5.1.1 <a@b.example>: Recipient address rejected: User unknown', 'for-good'],
  [
    'recipient',
    '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 Please try',
    'for-good',
  ],
  ['recipient', '552 5.2.2 Mailbox full', 'for-good'],
  ['recipient', '553 5.1.3 Bad recipient address syntax', 'for-good'],
  ['recipient', '556 5.1.10 Recipient address has null MX', 'for-good'],
  ['recipient', '550 5.7.1 Recipient not authorized', 'for-good'],
  ['text', '451 4.3.0 Error: queue file write error', 'for-now'],
  ['text', '452 4.3.1 Insufficient system storage', 'for-now'],
  ['text', '450 4.2.2 Mailbox over quota', 'recipient-for-now'],
  ['text', '550 5.7.1 Message rejected as spam', 'for-good'],
  ['text', '552 5.3.4 Message too big', 'for-good'],
  ['text', '550 5.7.26 Unauthenticated mail is not accepted', 'account'],
  ['text', '421 4.3.2 Shutting down', 'for-now'],
  // What a stranger may write of himself, in his address or through the server that his address is verified at.
  [
    'recipient',
    '450 4.1.1 <"client host rejected"@x.example>: Recipient address rejected: Greylisted',
    'recipient-for-now',
  ],
  [
    'recipient',
    '450 4.1.1 <a@x.example>: Recipient address rejected: x said: Helo command rejected',
    'recipient-for-now',
  ],
  [
    'recipient',
    '550 5.1.1 <a@x.example>: Recipient address rejected: x said: Relay access denied',
    'for-good',
  ],
]

test.for(replies)('a mail server that refuses the %s with "%s" means: %s (F1)', ([stage, reply, reason]) => {
  assert.equal(classifyReply(stage, reply), reason)
})

describe('a mail server', () => {
  const refusing = (responseCode: number, message: string) =>
    Object.assign(new Error(message), { responseCode })

  test('that does not take the password is about the account, and somebody is told (F9)', async () => {
    const { deliver, reports } = await startBoth(
      {
        ...createSelfSignedCertificate(),
        user: 'mailer',
        onAuth: (_auth, _session, callback) => callback(refusing(535, '5.7.8 Error: authentication failed')),
      },
      { login: 'mailer:wrong@' },
    )
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason === 'account', JSON.stringify(answer))
    assert.deepEqual(reports, ['carrier.account-refused'])
  })

  test('that refuses a recipient for now is well for all others', async () => {
    const { peer, deliver, reports } = await startBoth({ hideSTARTTLS: true })
    peer.answerRecipients((recipient) =>
      recipient.startsWith('full') ? { code: 452, text: '4.2.2 Mailbox full' } : null,
    )
    const answer = await deliver('full@example.test')
    assert.ok(answer.kind === 'refused' && answer.reason === 'recipient-for-now', JSON.stringify(answer))
    assert.equal((await deliver()).kind, 'accepted')
    assert.deepEqual(reports, [])
  })

  test('that does not take our sender is about the account', async () => {
    const { deliver, reports } = await startBoth({
      hideSTARTTLS: true,
      onMailFrom: (_address, _session, callback) => callback(refusing(550, '5.7.1 Sender not allowed')),
    })
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason === 'account', JSON.stringify(answer))
    assert.deepEqual(reports, ['carrier.account-refused'])
  })

  test('is told who we are: by the setting, the host of PUBLIC_URL or the domain of the sender (F3)', async () => {
    const names: string[] = []
    const peer = await startSmtpPeer({
      hideSTARTTLS: true,
      onMailFrom: (_address, session, callback) => {
        names.push(session.hostNameAppearsAs)
        callback()
      },
    })
    const settings = { url: new Secret(`smtp://127.0.0.1:${peer.port}`), from, allowPlainText: false }
    const parts = { name: 'mail', log: { error: () => {} } }
    const carriers = [
      smtpEmail.create(settings, parts),
      smtpEmail.create(settings, { ...parts, hostName: 'otp.shop.example' }),
      smtpEmail.create(
        { ...settings, ehloName: 'relay.shop.example' },
        { ...parts, hostName: 'otp.shop.example' },
      ),
    ]
    closing.push(peer.stop, ...carriers.map((carrier) => () => carrier.close?.()))
    for (const carrier of carriers) await carrier.deliver(sampleMessage('email'), never)
    assert.deepEqual(names, ['shop.example', 'otp.shop.example', 'relay.shop.example'])
  })

  test.for([true, false])(
    'without SMTPUTF8 gets no address with letters beyond ASCII: it is refused for good (F11), hidden: %s',
    async (hideSMTPUTF8) => {
      const { peer, deliver } = await startBoth({ hideSTARTTLS: true, hideSMTPUTF8 })
      const answer = await deliver('bücher@example.net')
      assert.equal(answer.kind, hideSMTPUTF8 ? 'refused' : 'accepted')
      if (answer.kind === 'refused') assert.equal(answer.reason, 'for-good')
      assert.equal(peer.mails.length, hideSMTPUTF8 ? 0 : 1)
      assert.equal((await deliver()).kind, 'accepted')
    },
  )

  test('takes a sender whose name holds a comma, and every mail is one that nobody answers by himself (F8, F13)', async () => {
    const settings = new RegExp(Object(smtpEmail.settings.properties.from).pattern)
    for (const right of [
      '"Acme, Inc." <codes@acme.example>',
      '"a \\"b\\"; c" <codes@acme.example>',
      'Acme <a@b.example>',
    ])
      assert.match(right, settings)
    for (const wrong of [
      'Acme, Inc. <codes@acme.example>',
      '"a" <b@c.example>, d@e.example',
      '"a\r\nBcc: x" <b@c.example>',
    ])
      assert.doesNotMatch(wrong, settings)
    const { peer, deliver } = await startBoth(
      { hideSTARTTLS: true },
      { sender: '"Acme, Inc." <codes@acme.example>' },
    )
    await deliver()
    assert.deepEqual(peer.mails[0]?.email.from, { name: 'Acme, Inc.', address: 'codes@acme.example' })
    assert.match(peer.mails[0]?.raw ?? '', /^Auto-Submitted: auto-generated\r$/m)
    assert.match(peer.mails[0]?.raw ?? '', /^X-Auto-Response-Suppress: All\r$/m)
  })
})
