import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, describe, test } from 'vitest'
import { smtpEmail } from '../../src/delivery/kinds/smtp-email.ts'
import { createSmtpCarrier } from '../../src/delivery/protocols/smtp.ts'
import { createSmtpConnections } from '../../src/delivery/protocols/smtp-connections.ts'
import type { SmtpCredentials } from '../../src/delivery/protocols/smtp-login.ts'
import { Secret } from '../../src/domain/secret.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { until } from '../harness/until.ts'
import { type SmtpScript, startScriptedSmtp } from '../providers/scripted-smtp.ts'
import { startSmtpPeer } from '../providers/smtp-peer.ts'

/*
 * What mail servers do besides taking a mail: how commands are grouped, connections kept and ended, logins made, and what of a
 * text survives.
 */

const from = 'codes@shop.example'
const never = new AbortController().signal
setMaxListeners(0, never)
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function carrierTo(port: number, options: Partial<Parameters<typeof createSmtpCarrier>[0]> = {}) {
  const carrier = createSmtpCarrier({ url: `smtp://127.0.0.1:${port}`, from, ...options })
  closing.push(() => carrier.close?.())
  let sent = 0
  const deliver = (to = 'ada@example.test', signal = never) => {
    sent += 1
    return carrier.deliver(sampleMessage('email', { to, idempotencyKey: `key${sent}` }), signal)
  }
  return { carrier, deliver }
}

async function startBoth(
  script?: SmtpScript,
  options: Partial<Parameters<typeof createSmtpCarrier>[0]> = {},
) {
  const server = await startScriptedSmtp(script)
  closing.push(server.stop)
  return { server, ...carrierTo(server.port, options) }
}

const extensions = (...lines: string[]) =>
  ['script', ...lines].map((line, index) => `250${index === lines.length ? ' ' : '-'}${line}`).join('\n')

/** The names of the mails that arrived. */
const keysOf = (texts: string[]) => texts.map((text) => /^Message-ID: <(\w+)@/m.exec(text)?.[1])

describe('a mail server that takes commands in groups', () => {
  test('gets those of a mail in one, and the greeting of a connection once', async () => {
    const { server, deliver } = await startBoth()
    for (let mail = 0; mail < 3; mail += 1) assert.equal((await deliver()).kind, 'accepted')

    const [session] = server.sessions
    assert.equal(server.sessions.length, 1)
    assert.deepEqual(
      session?.groups.map((group) => group.split('\r\n').map((line) => line.split(' ')[0])),
      [['EHLO', ''], ...Array(3).fill(['MAIL', 'RCPT', 'DATA', ''])],
    )
    assert.deepEqual(keysOf(server.texts()), ['key1', 'key2', 'key3'])
  })

  test('and one that does not gets each when it has answered the one before, none after a refusal', async () => {
    const { server, deliver } = await startBoth((line) => {
      if (line.startsWith('EHLO')) return extensions('8BITMIME')
      return line.startsWith('RCPT TO:<nobody@') ? '550 5.1.1 no such user' : undefined
    })
    assert.equal((await deliver('nobody@example.test')).kind, 'refused')
    assert.equal((await deliver()).kind, 'accepted')
    assert.ok(server.sessions[0]?.groups.every((group) => group.indexOf('\r\n') === group.length - 2))
    assert.deepEqual(
      server.sessions[0]?.lines.map((line) => line.split(' ')[0]),
      ['EHLO', 'MAIL', 'RCPT', 'RSET', 'MAIL', 'RCPT', 'DATA'],
    )
  })

  test.for(['554 5.5.1 no valid recipients', '354 go ahead'])(
    'and refuses a recipient in one has taken nothing, whatever it answers to DATA: %s',
    async (answerToData) => {
      let isFirst = true
      const { server, deliver } = await startBoth((line) => {
        if (line.startsWith('RCPT TO:<nobody@')) return '550 5.1.1 no such user'
        if (line !== 'DATA' || !isFirst) return undefined
        isFirst = false
        return answerToData
      })
      const refused = await deliver('nobody@example.test')
      assert.ok(refused.kind === 'refused' && refused.reason === 'for-good', JSON.stringify(refused))
      assert.match(refused.detail, /550 5\.1\.1/)
      assert.equal((await deliver()).kind, 'accepted')

      assert.equal(server.sessions.length, 1)
      assert.deepEqual(keysOf(server.texts().filter(Boolean)), ['key2'])
      assert.equal(server.sessions[0]?.lines.filter((line) => line === 'RSET').length, 1)
    },
  )

  test('is left after a few refusals, before it counts us among those who try addresses', async () => {
    const { server, deliver } = await startBoth((line) =>
      line.startsWith('RCPT') ? '550 5.1.1 no such user' : line === 'DATA' ? '554 no recipients' : undefined,
    )
    for (let mail = 0; mail < 9; mail += 1) await deliver()
    assert.equal(server.sessions.length, 3)
    assert.equal(server.sessions[0]?.lines.at(-1), 'QUIT')
  })

  test('is not offered more connections than the setting says', () => {
    const settings = { url: new Secret('smtp://127.0.0.1:1'), from, allowPlainText: false }
    const parts = { name: 'mail', log: { error: () => {} } }
    assert.equal(smtpEmail.create(settings, parts).concurrencyMax, 10)
    assert.equal(smtpEmail.create({ ...settings, connectionsMax: 50 }, parts).concurrencyMax, 50)
  })
})

describe('a connection that the mail server ends', () => {
  test('after so many mails, with 421, costs no mail: each arrives once', async () => {
    const { server, deliver } = await startBoth((line, { texts }) =>
      line.startsWith('MAIL') && texts.length === 2 ? '421 4.7.0 too many messages' : undefined,
    )
    const answers = []
    for (let mail = 0; mail < 10; mail += 1) answers.push(await deliver())
    assert.ok(answers.every(({ kind }) => kind === 'accepted'))
    assert.deepEqual(
      keysOf(server.texts()),
      Array.from({ length: 10 }, (_, index) => `key${index + 1}`),
    )
    assert.equal(server.sessions.length, 5)
  })

  test('after so many mails, without a word, costs no mail: each arrives once', async () => {
    const { server, deliver } = await startBoth((line, { texts }) =>
      line.startsWith('MAIL') && texts.length === 2 ? null : undefined,
    )
    for (let mail = 0; mail < 10; mail += 1) assert.equal((await deliver()).kind, 'accepted')
    assert.deepEqual(
      keysOf(server.texts()),
      Array.from({ length: 10 }, (_, index) => `key${index + 1}`),
    )
  })

  test('before the text, over and over, is the server’s day', async () => {
    const { server, deliver } = await startBoth((line) =>
      line === 'DATA' ? '421 4.3.2 shutting down' : undefined,
    )
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-now', JSON.stringify(answer))
    assert.deepEqual(server.texts(), [])
  })

  test('with 421 to the text has not taken it; the next mail has a new connection', async () => {
    let isFirst = true
    const { server, deliver } = await startBoth((line) => {
      if (line !== '.' || !isFirst) return undefined
      isFirst = false
      return '421 4.3.0 out of memory'
    })
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-now', JSON.stringify(answer))
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal(server.sessions.length, 2)
  })

  test('without an answer to the text leaves it unknown, on a kept connection as well', async () => {
    const { deliver } = await startBoth((line, { texts }) =>
      line === '.' && texts.length === 2 ? null : undefined,
    )
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal((await deliver()).kind, 'unknown')
  })

  test('while nobody uses it is not used again', async () => {
    const { server, deliver } = await startBoth()
    await deliver()
    server.say('421 4.4.2 idle for too long')
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal(server.sessions.length, 2)
    assert.equal(server.sessions[0]?.lines.filter((line) => line.startsWith('MAIL')).length, 1)
  })

  test('when we give up has carried nothing that leaves later (I4)', async () => {
    const { server, deliver } = await startBoth((line) => (line === 'DATA' ? '' : undefined))
    const answer = await deliver('ada@example.test', AbortSignal.timeout(100))
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-now', JSON.stringify(answer))
    server.say('354 go ahead')
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.deepEqual(server.texts(), [])
  })
})

describe('a mail server', () => {
  test('may answer in several lines and in pieces; the code of the last line counts', async () => {
    const { server, deliver } = await startBoth((line) => (line === '.' ? '' : undefined))
    const answer = deliver()
    await until(async () => server.texts().length === 1)
    server.say('550-5.7.1 Our system has detected that this message\r\n550-5.7.1 is')
    await new Promise((resolve) => setTimeout(resolve, 20))
    server.say('550 5.7.1 spam')
    const { kind, ...about } = await answer
    assert.equal(kind, 'refused')
    assert.match(String(Object(about).detail), /spam$/)
    assert.equal(Object(about).reason, 'for-good')
  })

  test('that does not know EHLO is greeted with HELO', async () => {
    const { server, deliver } = await startBoth((line) =>
      line.startsWith('EHLO') ? '502 5.5.1 unknown command' : undefined,
    )
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal(server.sessions[0]?.lines[1], 'HELO shop.example')
  })

  test('that speaks another protocol is refused for now, and told nothing', async () => {
    const { server, deliver } = await startBoth((line) =>
      line === 'connect' ? 'HTTP/1.1 400 Bad Request' : undefined,
    )
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-now', JSON.stringify(answer))
    assert.deepEqual(server.sessions[0]?.lines, [])
  })

  test('that says more than it may before TLS gets neither login nor mail', async () => {
    const { server, deliver } = await startBoth((line) => {
      if (line.startsWith('EHLO')) return extensions('STARTTLS', 'AUTH PLAIN')
      return line === 'STARTTLS' ? '220 go ahead\n250-I am the server' : undefined
    })
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-now', JSON.stringify(answer))
    assert.deepEqual(
      server.sessions[0]?.lines.map((line) => line.split(' ')[0]),
      ['EHLO', 'STARTTLS'],
    )
  })

  test('that says how large a mail may be is told its size, and is not offered a larger one', async () => {
    let sizeMax = 1_000_000
    const { server, deliver } = await startBoth((line) =>
      line.startsWith('EHLO') ? extensions('PIPELINING', `SIZE ${sizeMax}`) : undefined,
    )
    assert.equal((await deliver()).kind, 'accepted')
    const [mail] = server.sessions[0]?.lines.filter((line) => line.startsWith('MAIL')) ?? []
    assert.equal(mail, `MAIL FROM:<${from}> SIZE=${server.texts()[0]?.length}`)

    sizeMax = 100
    const { deliver: deliverLarge } = carrierTo(server.port)
    const answer = await deliverLarge()
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-good', JSON.stringify(answer))
    assert.deepEqual(server.sessions[1]?.lines, ['EHLO shop.example'])
  })

  test('is told of letters beyond ASCII where an address has some, and only there', async () => {
    const { server, deliver } = await startBoth()
    await deliver('bücher@example.net')
    await deliver()
    assert.deepEqual(
      server.sessions[0]?.lines.filter((line) => line.startsWith('MAIL')),
      [`MAIL FROM:<${from}> BODY=8BITMIME SMTPUTF8`, `MAIL FROM:<${from}>`],
    )
  })
})

describe('a login', () => {
  const connectionsTo = (port: number, credentials: SmtpCredentials) =>
    createSmtpConnections({
      host: '127.0.0.1',
      port,
      isSecure: false,
      allowsPlainText: true,
      certificateAuthority: null,
      ehloName: 'shop.example',
      credentials,
    })

  test.for(['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'] as const)(
    'is made by %s where the server offers no other',
    async (method) => {
      const asked: string[] = []
      const peer = await startSmtpPeer({
        user: 'mailer',
        authMethods: [method],
        onAuth(auth, _session, callback) {
          asked.push(auth.method)
          const isRight =
            auth.username === 'mailer' &&
            (auth.password === 'pässword' ||
              auth.accessToken === 'token' ||
              (method === 'CRAM-MD5' && auth.validatePassword('pässword')))
          callback(isRight ? null : new Error('no'), isRight ? { user: 'mailer' } : undefined)
        },
      })
      closing.push(peer.stop)
      const login = (secret: string): SmtpCredentials =>
        method === 'XOAUTH2'
          ? { user: 'mailer', accessToken: async () => secret }
          : { user: 'mailer', pass: secret }
      const right = connectionsTo(peer.port, login(method === 'XOAUTH2' ? 'token' : 'pässword'))
      const link = await right.open(never)
      right.cut(link)
      assert.deepEqual(asked, [method])

      await assert.rejects(connectionsTo(peer.port, login('wrong')).open(never), /Invalid login: 5\d\d/)
    },
  )

  test('is made once for a connection, not for a mail', async () => {
    const { server } = await startBoth((line) =>
      line.startsWith('EHLO') ? extensions('PIPELINING', 'AUTH PLAIN') : undefined,
    )
    const carrier = createSmtpCarrier({ url: `smtp://mailer:secret@127.0.0.1:${server.port}`, from })
    closing.push(() => carrier.close?.())
    for (let mail = 0; mail < 5; mail += 1) await carrier.deliver(sampleMessage('email'), never)
    assert.equal(server.sessions[0]?.lines.filter((line) => line.startsWith('AUTH')).length, 1)
    assert.equal(server.texts().length, 5)
  })
})

describe('the text of a mail', () => {
  test('arrives as it was written, whatever it says', { timeout: 60_000 }, async () => {
    const peer = await startSmtpPeer({ hideSTARTTLS: true })
    closing.push(peer.stop)
    const { carrier } = carrierTo(peer.port)
    const line = fc.oneof(
      fc.constantFrom('.', '..', '.x', 'From here', '=3D', 'a ', 'tab\t', '--=_watchword', 'x'.repeat(200)),
      fc
        .string({ unit: 'grapheme', maxLength: 120 })
        .map((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')),
      fc.constantFrom('Votre code est prêt.', 'رمزك هو', 'आपका कोड', '验证码'),
    )
    const text = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.join('\n'))
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.oneof(fc.constant('Your code: 012345'), line),
        async (plain, html, subject) => {
          peer.mails.length = 0
          await carrier.deliver(sampleMessage('email', { text: plain, html, subject }), never)
          const { email, raw } = peer.mails[0] ?? {}
          assert.equal(email?.text?.replaceAll('\r\n', '\n'), `${plain}${plain.endsWith('\n') ? '' : '\n'}`)
          assert.equal(email?.html?.replaceAll('\r\n', '\n'), `${html}${html.endsWith('\n') ? '' : '\n'}`)
          assert.equal(email?.subject?.trim() ?? '', subject.toWellFormed().trim())
          assert.ok(raw?.split('\r\n').every((written) => /^[\x20-\x7e\t]{0,998}$/.test(written)))
        },
      ),
      { numRuns: 60 },
    )
  })
})
