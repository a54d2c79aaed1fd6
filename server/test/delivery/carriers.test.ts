import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { createServer } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, test } from 'vitest'
import { webhook as webhookKind } from '../../src/delivery/kinds/webhook.ts'
import { createSmtpCarrier } from '../../src/delivery/protocols/smtp.ts'
import { createWebhookCarrier } from '../../src/delivery/protocols/webhook.ts'
import { Secret } from '../../src/domain/secret.ts'
import { carrierContract, sampleMessage } from '../contracts/carrier-contract.ts'
import { createSelfSignedCertificate } from '../harness/self-signed-certificate.ts'
import { createCatchingCarrier } from '../providers/catching-carrier.ts'
import { type SmtpPeer, startSmtpPeer } from '../providers/smtp-peer.ts'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'

const never = new AbortController().signal
setMaxListeners(0, never)
const from = '"Shop, Ltd" <codes@shop.example>'
const certificate = createSelfSignedCertificate()
const closing: (() => Promise<void>)[] = []
const closeAfter = <Part extends { stop?: () => Promise<void>; close?: () => Promise<void> }>(part: Part) => {
  closing.push(async () => void (await (part.stop ?? part.close)?.()))
  return part
}
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

carrierContract(
  'inbox',
  async () => {
    const inbox = createCatchingCarrier()
    return {
      carrier: inbox,
      behave: () => {},
      received: async () =>
        inbox
          .entries()
          .map(({ to, text, id }) => ({ headerNames: [], recipients: [to], text, identity: id })),
      stop: async () => {},
    }
  },
  { canRefuse: false },
)

for (const channel of ['sms', 'whatsapp'] as const) {
  carrierContract(`webhook for ${channel}`, async () => {
    const peer = await startWebhookPeer()
    return {
      carrier: createWebhookCarrier({ channels: [channel], url: peer.url }),
      behave: peer.behave,
      received: async () =>
        peer.accepted.map(({ headers, body }) => {
          const { to, text } = body as { to: string; text: string }
          const identity = String(headers['idempotency-key'])
          return { headerNames: Object.keys(headers), recipients: [to], text, identity }
        }),
      stop: peer.stop,
    }
  })
}

const receivedMails = (peer: SmtpPeer) =>
  peer.mails.map(({ email, recipients }) => ({
    headerNames: email.headers.map(({ key }) => key.toLowerCase()),
    recipients,
    text: email.text ?? '',
    identity: email.messageId ?? '',
  }))

carrierContract('smtp', async () => {
  const peer = await startSmtpPeer({ hideSTARTTLS: true })
  const carrier = createSmtpCarrier({ url: `smtp://127.0.0.1:${peer.port}`, from })
  return { carrier, behave: peer.behave, received: async () => receivedMails(peer), stop: peer.stop }
})

carrierContract('smtp with STARTTLS and login', async () => {
  const peer = await startSmtpPeer({ ...certificate, user: 'mailer', pass: 'p@ss/word' })
  const carrier = createSmtpCarrier({
    url: `smtp://mailer:p%40ss%2Fword@127.0.0.1:${peer.port}`,
    from,
    allowsPlainText: false,
    certificateAuthority: certificate.cert,
  })
  return { carrier, behave: peer.behave, received: async () => receivedMails(peer), stop: peer.stop }
})

describe('mail', () => {
  const mail = sampleMessage('email')

  test('goes out encrypted and logged in over smtps, as plain text and HTML', async () => {
    const peer = closeAfter(
      await startSmtpPeer({ secure: true, ...certificate, user: 'mailer', pass: 'secret' }),
    )
    const carrier = closeAfter(
      createSmtpCarrier({
        url: `smtps://mailer:secret@localhost:${peer.port}`,
        from,
        certificateAuthority: certificate.cert,
      }),
    )

    assert.deepEqual(await carrier.deliver(mail, never), {
      kind: 'accepted',
      carrierMessageId: '<66f0c0de0123456789abcdef@shop.example>',
    })

    const [received] = peer.mails
    assert.equal(received?.isSecure, true)
    assert.equal(received?.user, 'mailer')
    assert.deepEqual(received?.email.from, { name: 'Shop, Ltd', address: 'codes@shop.example' })
    assert.deepEqual(received?.email.to, [{ name: '', address: 'ada@example.test' }])
    assert.equal(received?.email.subject, '012345 is your Shop code')
    assert.match(received?.email.html ?? '', /<p>012345 is your Shop code\.<\/p>/)
    assert.match(received?.raw ?? '', /^Auto-Submitted: auto-generated\r$/m)
  })

  test('S8: to a local part whose dots need quotes stands in quotes, for the server and in the header', async () => {
    const peer = closeAfter(await startSmtpPeer({ hideSTARTTLS: true, lenientAddressParsing: true }))
    const carrier = closeAfter(createSmtpCarrier({ url: `smtp://127.0.0.1:${peer.port}`, from }))

    const answer = await carrier.deliver({ ...mail, to: 'a..b@docomo.example' }, never)

    assert.equal(answer.kind, 'accepted')
    assert.deepEqual(peer.mails[0]?.recipients, ['"a..b"@docomo.example'])
    assert.match(peer.mails[0]?.raw ?? '', /^To: <"a\.\.b"@docomo\.example>\r$/m)
  })

  test('that cannot be delivered goes back to the sender, or to where the carrier says', async () => {
    const peer = closeAfter(await startSmtpPeer({ hideSTARTTLS: true }))
    for (const bounceAddress of [null, 'bounces@shop.example']) {
      const url = `smtp://127.0.0.1:${peer.port}`
      const carrier = closeAfter(createSmtpCarrier({ url, from, bounceAddress }))
      await carrier.deliver(mail, never)
    }
    assert.deepEqual(
      peer.mails.map(({ sender }) => sender),
      ['codes@shop.example', 'bounces@shop.example'],
    )
    assert.ok(peer.mails.every(({ email }) => email.from?.address === 'codes@shop.example'))
  })

  test('is not sent over an unencrypted connection to anywhere but this machine', async () => {
    const peer = closeAfter(await startSmtpPeer({ hideSTARTTLS: true }))
    const url = `smtp://127.0.0.1:${peer.port}`
    const carrier = closeAfter(createSmtpCarrier({ url, from, allowsPlainText: false }))

    const answer = await carrier.deliver(mail, never)

    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
    assert.equal(peer.mails.length, 0)
  })

  test('is not sent to a server whose certificate nobody vouches for', async () => {
    const peer = closeAfter(await startSmtpPeer({ ...certificate }))
    const url = `smtp://127.0.0.1:${peer.port}`
    const carrier = closeAfter(createSmtpCarrier({ url, from, allowsPlainText: false }))

    const answer = await carrier.deliver(mail, never)

    assert.ok(answer.kind === 'refused' && /self-signed/i.test(answer.detail), JSON.stringify(answer))
  })

  test('waits for better days when the login is refused', async () => {
    const peer = closeAfter(await startSmtpPeer({ ...certificate, user: 'mailer', pass: 'secret' }))
    const url = `smtp://mailer:wrong@127.0.0.1:${peer.port}`
    const carrier = closeAfter(createSmtpCarrier({ url, from }))

    const answer = await carrier.deliver(mail, never)

    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
    assert.ok(!answer.detail.includes('wrong'))
  })

  test('uses a connection again, and replaces one that the server closed meanwhile', async () => {
    const peer = closeAfter(await startSmtpPeer({ socketTimeout: 150 }))
    const carrier = closeAfter(createSmtpCarrier({ url: `smtp://127.0.0.1:${peer.port}`, from }))

    await carrier.deliver(mail, never)
    await carrier.deliver(mail, never)
    assert.equal(peer.connections(), 1)

    await new Promise((resolve) => setTimeout(resolve, 400))
    assert.equal((await carrier.deliver(mail, never)).kind, 'accepted')
    assert.equal(peer.mails.length, 3)
    assert.equal(peer.connections(), 2)
  })

  test('a hundred at once arrive once each', async () => {
    const peer = closeAfter(await startSmtpPeer())
    const carrier = closeAfter(createSmtpCarrier({ url: `smtp://127.0.0.1:${peer.port}`, from }))
    const keys = Array.from({ length: 100 }, (_, index) => `key${index}`)

    const answers = await Promise.all(
      keys.map((idempotencyKey) => carrier.deliver({ ...mail, idempotencyKey }, never)),
    )

    assert.ok(answers.every(({ kind }) => kind === 'accepted'))
    assert.equal(new Set(peer.mails.map(({ email }) => email.messageId)).size, 100)
    assert.equal(peer.mails.length, 100)
  })

  test('a URL or sender that makes no sense stops the start, without repeating the password', () => {
    const create = (url: string, sender: string) => () => createSmtpCarrier({ url, from: sender })
    assert.throws(create('http://user:hunter2@mail.example', from), (error: Error) => {
      return error.message.includes('SMTP_URL') && !error.message.includes('hunter2')
    })
    assert.throws(create('nonsense', from), /SMTP_URL/)
    assert.throws(create('smtp://localhost', 'a@shop.example, b@shop.example'), /MAIL_FROM/)
    assert.throws(create('smtp://localhost', 'nobody'), /MAIL_FROM/)
  })
})

describe('a webhook', () => {
  const message = sampleMessage('sms')
  const startBoth = async (): Promise<{
    peer: WebhookPeer
    carrier: ReturnType<typeof createWebhookCarrier>
  }> => {
    const peer = closeAfter(await startWebhookPeer())
    return { peer, carrier: closeAfter(createWebhookCarrier({ channels: ['sms'], url: peer.url })) }
  }

  test('gets exactly the documented body and an idempotency key', async () => {
    const { peer, carrier } = await startBoth()

    const answer = await carrier.deliver(message, never)

    assert.deepEqual(answer, { kind: 'accepted', carrierMessageId: 'gateway-1' })
    const [post] = peer.accepted
    assert.equal(post?.method, 'POST')
    assert.equal(post?.headers['content-type'], 'application/json')
    assert.equal(post?.headers['idempotency-key'], '66f0c0de0123456789abcdef')
    assert.deepEqual(post?.body, {
      id: '66f0c0de0123456789abcdef',
      channel: 'sms',
      to: '+2250701020304',
      text: '012345 is your Shop code.',
      code: '012345',
      locale: 'en',
      projectId: 'shop',
    })
  })

  test('that shares a secret can tell that a message is ours, by the library of Standard Webhooks (M4)', async () => {
    const { peer } = await startBoth()
    const signingSecret = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
    for (const url of [new Secret(peer.url), { sms: new Secret(peer.url) }]) {
      const carrier = closeAfter(
        webhookKind.create({ url, signingSecret }, { name: 'gateway', log: { error: () => {} } }),
      )
      await carrier.deliver(message, never)
    }

    const receiver = new Webhook(signingSecret.reveal())
    for (const { headers, body } of peer.accepted) {
      const text = JSON.stringify(body)
      assert.equal(headers['webhook-id'], 'msg_66f0c0de0123456789abcdef')
      receiver.verify(text, headers as Record<string, string>)
      assert.throws(() =>
        receiver.verify(text.replace('012345', '999999'), headers as Record<string, string>),
      )
    }
    assert.equal(peer.accepted.length, 2)
  })

  test('gets no code in a notice', async () => {
    const { peer, carrier } = await startBoth()
    await carrier.deliver({ ...message, code: null }, never)
    assert.deepEqual(Object(peer.accepted[0]?.body).code, null)
  })

  test.for([
    [400, true],
    [401, true],
    [404, true],
    [302, true],
    [408, false],
    [425, false],
    [429, false],
    [500, false],
    [502, false],
  ] as const)('that answers %i refuses, for good: %s', async ([status, isPermanent]) => {
    const { peer, carrier } = await startBoth()
    peer.answer((response) =>
      response.writeHead(status, { location: '/elsewhere', 'retry-after': '7' }).end(),
    )

    const answer = await carrier.deliver(message, never)

    assert.ok(answer.kind === 'refused')
    assert.equal(answer.reason === 'for-good', isPermanent)
    assert.equal(answer.retryAfterSeconds, isPermanent ? null : 7)
    assert.equal(peer.requests.length, 1, 'A redirect is not followed.')
  })

  test('that answers with its own path does not make its token known (C2)', async () => {
    const { peer } = await startBoth()
    const url = `${peer.url}/hooks/t0ken-in-the-path?key=t0ken-in-the-query`
    const carrier = closeAfter(createWebhookCarrier({ channels: ['sms'], url }))
    peer.answer((response) => {
      const { pathname, search } = new URL(url)
      response.writeHead(404).end(`${'x'.repeat(285)} 012345: cannot POST ${pathname} (${search})`)
    })

    const answer = await carrier.deliver(message, never)

    assert.ok(answer.kind === 'refused')
    assert.doesNotMatch(answer.detail, /t0ken|012/)
  })

  test('that names a date is asked again then', async () => {
    const { peer, carrier } = await startBoth()
    const date = new Date(Date.now() + 30_000).toUTCString()
    peer.answer((response) => response.writeHead(503, { 'retry-after': date }).end())

    const answer = await carrier.deliver(message, never)

    assert.ok(answer.kind === 'refused' && answer.retryAfterSeconds !== null)
    assert.ok(answer.retryAfterSeconds >= 28 && answer.retryAfterSeconds <= 30)
  })

  test('that accepts and then says more than a mebibyte, or breaks off, has accepted', async () => {
    const { peer, carrier } = await startBoth()
    peer.answer((response) => response.writeHead(200).end(Buffer.alloc(3 * 1_048_576, 'x')))
    assert.equal((await carrier.deliver(message, never)).kind, 'accepted')

    peer.answer((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"id"')
      setTimeout(() => response.destroy(), 20)
    })
    assert.equal((await carrier.deliver(message, never)).kind, 'accepted')

    peer.answer((response) => void response.writeHead(200).write('{'))
    assert.equal((await carrier.deliver(message, AbortSignal.timeout(200))).kind, 'accepted')
  })

  test('that closed an idle connection is asked over a new one', async () => {
    const { peer, carrier } = await startBoth()
    peer.answer((response) => {
      response.writeHead(202).end()
      setImmediate(() => response.socket?.destroy())
    })
    for (let round = 0; round < 20; round += 1)
      assert.equal((await carrier.deliver(message, never)).kind, 'accepted')
  })

  test('that takes no connection is refused for now, within the time', async () => {
    // A server that never accepts connections still lets one connect, so the TLS handshake hangs.
    const mute = createServer(() => {})
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as { port: number }
    const carrier = closeAfter(createWebhookCarrier({ channels: ['sms'], url: `https://127.0.0.1:${port}` }))

    const answer = await carrier.deliver(message, AbortSignal.timeout(200))

    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
    mute.close()
  })

  test('must be an http URL, and its token is not repeated in what is thrown', () => {
    for (const url of ['ftp://token@gateway.example', 'gateway'])
      assert.throws(
        () => createWebhookCarrier({ channels: ['sms'], url }),
        (error: Error) => !error.message.includes('token'),
      )
  })
})

describe('the inbox', () => {
  test('shows the newest first, by address, and forgets the oldest', async () => {
    const inbox = createCatchingCarrier({ capacity: 3 })
    for (const [index, to] of ['a@x.test', 'b@x.test', 'a@x.test', 'a@x.test'].entries())
      await inbox.deliver(sampleMessage('email', { to, code: new Secret(`0000${index}`) }), never)

    assert.deepEqual(
      inbox.entries().map(({ code }) => code),
      ['00003', '00002', '00001'],
    )
    assert.deepEqual(
      inbox.entries('a@x.test').map(({ code }) => code),
      ['00003', '00002'],
    )
    assert.deepEqual(Object.keys(inbox.entries()[0] ?? {}).sort(), [
      'channel',
      'code',
      'createdAt',
      'html',
      'id',
      'subject',
      'text',
      'to',
    ])
  })
})
