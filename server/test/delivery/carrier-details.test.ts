import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { afterEach, describe, test } from 'vitest'
import type { Carrier } from '../../src/delivery/carrier.ts'
import { metaWhatsapp } from '../../src/delivery/kinds/meta-whatsapp.ts'
import { msg91Sms } from '../../src/delivery/kinds/msg91-sms.ts'
import { orangeSms } from '../../src/delivery/kinds/orange-sms.ts'
import { twilioVoice } from '../../src/delivery/kinds/twilio-voice.ts'
import { twilioWhatsapp } from '../../src/delivery/kinds/twilio-whatsapp.ts'
import { vonageSms } from '../../src/delivery/kinds/vonage-sms.ts'
import { formatSender, parseSender, subjectOf } from '../../src/delivery/protocols/mail-fields.ts'
import type { Channel } from '../../src/domain/address.ts'
import { Secret } from '../../src/domain/secret.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { startHttpRecorder } from '../providers/stand-ins/http-recorder.ts'

/** What is specific to one carrier, apart from the answers of its provider. */

const never = new AbortController().signal
setMaxListeners(0, never)
const parts = { name: 'mine', log: { error: () => {} } }
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function startRecorder(reply: Parameters<typeof startHttpRecorder>[0]) {
  const recorder = await startHttpRecorder(reply)
  closing.push(recorder.stop)
  return recorder
}
const use = (carrier: Carrier): Carrier => {
  closing.push(() => carrier.close?.())
  return carrier
}

describe('orange-sms', () => {
  const ok = { status: 201, body: '{"outboundSMSMessageRequest":{"resourceURL":"https://x/requests/1"}}' }
  const settings = (baseUrl: string) => ({
    clientId: 'id',
    clientSecret: new Secret('secret'),
    senderAddress: '+2250000',
    baseUrl,
  })
  const token = (text: string, seconds: unknown) => ({
    status: 200,
    body: JSON.stringify({ access_token: text, expires_in: seconds }),
  })
  const isToken = (path: string) => path.endsWith('/token')

  test('asks for one token for all who wait, and keeps it', async () => {
    const recorder = await startRecorder(({ path }) => (isToken(path) ? token('one', 3600) : ok))
    const carrier = use(orangeSms.create(settings(recorder.url), parts))

    await Promise.all(Array.from({ length: 20 }, () => carrier.deliver(sampleMessage('sms'), never)))
    await carrier.deliver(sampleMessage('sms'), never)

    assert.equal(recorder.requests.filter(({ path }) => isToken(path)).length, 1)
    assert.equal(recorder.requests.filter(({ path }) => !isToken(path)).length, 21)
  })

  test('takes a new token when the old one has run out, or is taken no more', async () => {
    let tokens = 0
    const recorder = await startRecorder(({ path, headers }) => {
      if (isToken(path)) {
        tokens += 1
        // As text, and with a life too short to cache: providers do both.
        return token(`token-${tokens}`, tokens === 1 ? '30' : '3600')
      }
      return headers.authorization === 'Bearer token-2' ? { status: 401, body: '{"code":42}' } : ok
    })
    const carrier = use(orangeSms.create(settings(recorder.url), parts))

    assert.equal((await carrier.deliver(sampleMessage('sms'), never)).kind, 'accepted')
    assert.equal((await carrier.deliver(sampleMessage('sms'), never)).kind, 'accepted')
    assert.deepEqual(
      recorder.requests.filter(({ path }) => !isToken(path)).map(({ headers }) => headers.authorization),
      ['Bearer token-1', 'Bearer token-2', 'Bearer token-3'],
    )
  })

  test('a page that repeats the login does not make it known (C2)', async () => {
    const client = new Secret('a-secret-of-the-client')
    const recorder = await startRecorder(({ headers }) => ({
      status: 502,
      body: `${'x'.repeat(280)} ${headers.authorization} ${client.reveal()}`,
    }))
    const carrier = use(orangeSms.create({ ...settings(recorder.url), clientSecret: client }, parts))

    const answer = await carrier.deliver(sampleMessage('sms'), never)

    assert.ok(answer.kind === 'refused')
    const login = Buffer.from(`id:${client.reveal()}`).toString('base64')
    for (const known of [login, client.reveal()])
      assert.ok(!answer.detail.includes(known.slice(0, 8)), answer.detail)
  })

  test.for([
    ['no answer', null],
    ['a broken gateway', { status: 502, body: '<html>' }],
    ['half a body', { status: 200, body: '{"access_token":' }],
    ['a token with a line break', token('a\r\nX-Eve: 1', 3600)],
    ['a redirect', { status: 302, body: '' }],
  ] as const)('sends nothing and is asked again later when the token is %s', async ([, reply]) => {
    const recorder = await startRecorder(({ path }) => (isToken(path) ? reply : ok))
    const carrier = use(orangeSms.create(settings(recorder.url), parts))

    const answer = await carrier.deliver(sampleMessage('sms'), AbortSignal.timeout(200))

    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good', JSON.stringify(answer))
    assert.equal(recorder.requests.filter(({ path }) => !isToken(path)).length, 0)
  })
})

test('voices, and what templates call a language, are those of the language', async () => {
  const recorder = await startRecorder(() => ({ status: 500, body: '' }))
  const baseUrl = recorder.url
  const french = { locale: 'fr' } as const
  const bodyOf = async (carrier: Carrier, message: Parameters<Carrier['deliver']>[0]) => {
    await use(carrier).deliver(message, never)
    return recorder.requests.at(-1)?.body ?? ''
  }
  const meta = {
    phoneNumberId: '10000',
    accessToken: new Secret('t'),
    template: 'code',
    apiVersion: 'v23.0',
    baseUrl,
  }
  const whatsapp = sampleMessage('whatsapp', french)
  assert.match(await bodyOf(metaWhatsapp.create(meta, parts), whatsapp), /"code":"fr"/)
  assert.match(
    await bodyOf(metaWhatsapp.create({ ...meta, languages: { fr: 'fr_FR' } }, parts), whatsapp),
    /"code":"fr_FR"/,
  )
  const twilio = { accountSid: 'AC0', authToken: new Secret('t'), sender: '+14155550100', baseUrl }
  const call = twilioVoice.create({ ...twilio, voices: { fr: 'Polly.Lea' } }, parts)
  const text = new URLSearchParams(
    await bodyOf(call, sampleMessage('voice', { ...french, text: 'Code : 012345' })),
  )
  assert.match(
    text.get('Twiml') ?? '',
    /<Say language="fr-FR" voice="Polly.Lea">Code : 0, 1, 2, 3, 4, 5<\/Say>/,
  )
})

describe('a template', () => {
  const messages = [
    [{}, 'usual'],
    [{ locale: 'fr' }, 'french'],
    [{ purpose: 'account-login' }, 'login'],
    [{ purpose: 'account-login', locale: 'hi' }, 'login_hindi'],
    // The template of the purpose comes before that of the language.
    [{ purpose: 'account-login', locale: 'fr' }, 'login'],
    [{ purpose: 'mobile-login', locale: 'fr' }, 'french'],
    [{ purpose: 'mobile-login', locale: 'sw' }, 'mobile_swahili'],
    [{ purpose: 'code' }, 'usual'],
  ] as const
  const languages = { fr: 'french' }
  const purposes = {
    'account-login': { default: 'login', hi: 'login_hindi' },
    'mobile-login': { sw: 'mobile_swahili' },
  }
  const token = new Secret('t')
  const templates = { template: 'usual', templates: languages, purposes }
  const twilio = { accountSid: 'AC0', authToken: token, sender: '+14155550100' }
  const kinds: [string, Channel, (baseUrl: string) => Carrier, (body: string) => string | null][] = [
    [
      'msg91-sms',
      'sms',
      (baseUrl) => msg91Sms.create({ authKey: token, codeVariable: 'OTP', baseUrl, ...templates }, parts),
      (body) => JSON.parse(body).template_id,
    ],
    [
      'meta-whatsapp',
      'whatsapp',
      (baseUrl) =>
        metaWhatsapp.create(
          { phoneNumberId: '10000', accessToken: token, apiVersion: 'v23.0', baseUrl, ...templates },
          parts,
        ),
      (body) => JSON.parse(body).template.name,
    ],
    [
      'twilio-whatsapp',
      'whatsapp',
      (baseUrl) =>
        twilioWhatsapp.create(
          { ...twilio, baseUrl, contentSid: 'usual', contentSids: languages, purposes },
          parts,
        ),
      (body) => new URLSearchParams(body).get('ContentSid'),
    ],
  ]

  test.for(kinds)(
    'of %s is that of the purpose and the language',
    async ([, channel, create, templateIn]) => {
      const recorder = await startRecorder(() => ({ status: 500, body: '' }))
      const carrier = use(create(recorder.url))
      for (const [changes, template] of messages) {
        await carrier.deliver(sampleMessage(channel, changes), never)
        assert.equal(templateIn(recorder.requests.at(-1)?.body ?? ''), template, JSON.stringify(changes))
      }
    },
  )
})

test('twilio-voice does not call where no voice speaks the language, unless one is named', async () => {
  const recorder = await startRecorder(() => ({ status: 500, body: '' }))
  const settings = {
    accountSid: 'AC0',
    authToken: new Secret('t'),
    sender: '+14155550100',
    baseUrl: recorder.url,
  }
  const message = sampleMessage('voice', { locale: 'sw' as never })

  const answer = await use(twilioVoice.create(settings, parts)).deliver(message, never)
  assert.ok(answer.kind === 'refused' && answer.reason === 'for-good')
  assert.equal(recorder.requests.length, 0)

  const voices = { sw: 'Google.sw-KE-Chirp3-HD-Kore' }
  await use(twilioVoice.create({ ...settings, voices }, parts)).deliver(message, never)
  assert.match(
    new URLSearchParams(recorder.requests[0]?.body).get('Twiml') ?? '',
    /<Say language="sw-KE" voice=/,
  )
})

test('vonage-sms says when a text needs more than the letters of SMS', async () => {
  const recorder = await startRecorder(() => ({ status: 500, body: '' }))
  const settings = {
    apiKey: 'k',
    apiSecret: new Secret('s'),
    sender: 'Shop',
    signatureMethod: 'sha256' as const,
    baseUrl: recorder.url,
  }
  const carrier = use(vonageSms.create(settings, parts))
  for (const [text, type] of [
    ['Your code', 'text'],
    ['الرمز', 'unicode'],
  ] as const) {
    await carrier.deliver(sampleMessage('sms', { text }), never)
    assert.equal(new URLSearchParams(recorder.requests.at(-1)?.body).get('type'), type)
  }
})

describe('the fields of mail', () => {
  test.for([
    ['codes@shop.example', 'codes@shop.example'],
    ['Shop <codes@shop.example>', '"Shop" <codes@shop.example>'],
    ['"Shop, \\"Ltd\\"" <codes@shop.example>', '"Shop, \\"Ltd\\"" <codes@shop.example>'],
    ['Café <codes@shop.example>', '=?UTF-8?B?Q2Fmw6k=?= <codes@shop.example>'],
  ] as const)('a sender %s is written as %s', ([from, written]) => {
    assert.equal(formatSender(parseSender(from)), written)
  })

  test('a long name in other letters is cut between letters, into words of at most 75 signs', () => {
    const name = 'متجر الرموز '.repeat(8)
    const words = formatSender({ name, address: 'a@x.test' }).replace(' <a@x.test>', '').split(' ')
    assert.ok(words.length > 2 && words.every((word) => word.length <= 75))
    const decoded = words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString('utf8')).join('')
    assert.equal(decoded, name)
  })

  test('a subject is one line and never empty', () => {
    assert.equal(subjectOf({ subject: 'a\r\nBcc: b', text: 'x' }), 'a Bcc: b')
    assert.equal(subjectOf({ subject: null, text: 'Your code' }), 'Your code')
    assert.equal(subjectOf({ subject: '', text: '' }), '-')
  })
})
