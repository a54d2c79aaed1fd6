import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { afterEach, test } from 'vitest'
import { sampleMessage } from '../../../test/contracts/carrier-contract.ts'
import { type SmtpPeer, startSmtpPeer } from '../../../test/providers/smtp-peer.ts'
import { Secret } from '../../domain/secret.ts'
import { smtpEmail } from '../kinds/smtp-email.ts'
import { createSmtpCarrier } from './smtp.ts'

let peer: SmtpPeer
afterEach(() => peer.stop())

const never = new AbortController().signal

test('mail is signed for the domain of the sender, and the signature holds', async () => {
  peer = await startSmtpPeer({ hideSTARTTLS: true })
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const carrier = smtpEmail.create(
    {
      url: new Secret(`smtp://127.0.0.1:${peer.port}`),
      from: 'Shop <codes@shop.example>',
      allowPlainText: false,
      dkim: { domain: 'shop.example', selector: 'codes', privateKey: new Secret(pem) },
    },
    { name: 'mail', log: { error: () => {} } },
  )

  assert.equal((await carrier.deliver(sampleMessage('email'), never)).kind, 'accepted')
  await carrier.close?.()

  const raw = Buffer.from(peer.mails[0]?.raw ?? '', 'latin1').toString('latin1')
  const tags = verifyDkim(raw, publicKey)
  assert.equal(tags.d, 'shop.example')
  assert.equal(tags.s, 'codes')
  for (const header of ['from', 'to', 'subject', 'message-id'])
    assert.ok(tags.h?.split(':').includes(header), header)
  // F13: no second one can be put in front of ours, and that nobody is to answer is ours as well.
  for (const header of ['auto-submitted', 'x-auto-response-suppress'])
    assert.ok(tags.h?.split(':').includes(header), header)
  for (const header of ['From: eve@evil.example', 'Subject: 999999 is your code'])
    assert.throws(() => verifyDkim(`${header}\r\n${raw}`, publicKey), header)
  assert.throws(() => verifyDkim(raw.replace(/^Auto-Submitted: .*$/m, 'Auto-Submitted: no'), publicKey))
  assert.throws(() =>
    verifyDkim(raw.replace('012345 is your Shop code.', '012346 is your Shop code.'), publicKey),
  )
  assert.throws(() => verifyDkim(raw.replace('codes@shop.example', 'codes@evil.example'), publicKey))
})

test('a sender of another domain stops the start, for nobody would trust its signature', async () => {
  peer = await startSmtpPeer({ hideSTARTTLS: true })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const create = (from: string) => () =>
    createSmtpCarrier({
      url: `smtp://127.0.0.1:${peer.port}`,
      from,
      dkim: { domain: 'shop.example', selector: 'codes', privateKey: key },
    })
  assert.throws(create('codes@evil-shop.example'), /not of shop\.example/)
  create('codes@mail.shop.example')()
})

/** Verifies a relaxed/relaxed rsa-sha256 signature (RFC 6376 section 6), and returns its tags. */
function verifyDkim(raw: string, key: KeyObject): Record<string, string> {
  const cut = raw.indexOf('\r\n\r\n')
  const headers = raw
    .slice(0, cut)
    .replace(/\r\n(?=[ \t])/g, '\u0000')
    .split('\r\n')
    .map((line) => line.replaceAll('\u0000', '\r\n'))
  const body = `${raw
    .slice(cut + 4)
    .replace(/[ \t]+/g, ' ')
    .replace(/ +\r\n/g, '\r\n')
    .replace(/(\r\n)*$/, '')}\r\n`
  const relaxed = (line: string): string => {
    const colon = line.indexOf(':')
    const value = line
      .slice(colon + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()
    return `${line.slice(0, colon).trim().toLowerCase()}:${value}`
  }
  const signature = headers.find((line) => /^dkim-signature:/i.test(line)) ?? ''
  const tags = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => tag.replace(/\s/g, ''))
      .filter((tag) => tag.includes('='))
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  )
  assert.equal(tags.a, 'rsa-sha256')
  assert.equal(tags.c, 'relaxed/relaxed')
  assert.equal(createHash('sha256').update(body, 'latin1').digest('base64'), tags.bh)

  const names: string[] = (tags.h ?? '').split(':')
  // Section 5.4.2: each name takes the last header that none has taken, or nothing.
  const left = headers.map(relaxed)
  const lines = names.flatMap((name) => {
    const index = left.findLastIndex((line) => line.startsWith(`${name}:`))
    return index < 0 ? [] : left.splice(index, 1)
  })
  const own = relaxed(signature).replace(/b=[A-Za-z0-9+/= ]*$/, 'b=')
  const text = [...lines, own].join('\r\n')
  assert.ok(verify('sha256', Buffer.from(text, 'latin1'), key, Buffer.from(tags.b ?? '', 'base64')))
  return tags
}
