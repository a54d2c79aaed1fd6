import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { cleanDetail } from '../../src/delivery/protocols/clean-detail.ts'
import { countGsm7, foldToGsm7 } from '../../src/delivery/protocols/gsm7.ts'
import { createProjectTemplates } from '../../src/delivery/texts/project-templates.ts'
import { renderMessage } from '../../src/delivery/texts/render-message.ts'
import { measureSms } from '../../src/delivery/texts/sms-lines.ts'
import { type Channel, channels } from '../../src/domain/address.ts'
import type { Content } from '../../src/domain/challenge.ts'
import { type MessageLocale, messageLocales } from '../../src/domain/locale.ts'
import { defaultProjectSettings, type ProjectSettings } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { notices } from '../../src/domain/text.ts'
import { sampleChallenge } from '../harness/sample-challenge.ts'

const contents = ['code', ...notices] as const

function render({
  channel = 'email',
  locale = 'en',
  content = 'code',
  projectName = 'Acme',
  settings = {},
  elapsedSeconds = 0,
}: {
  channel?: Channel
  locale?: MessageLocale
  content?: Content
  projectName?: string
  settings?: Partial<ProjectSettings>
  elapsedSeconds?: number
} = {}) {
  const challenge = sampleChallenge({ channel, locale, content })
  const now = new Date(challenge.createdAt.getTime() + elapsedSeconds * 1000)
  return renderMessage({
    challenge,
    templates: createProjectTemplates(
      { name: projectName, settings: { ...defaultProjectSettings, ...settings } },
      [],
    ),
    code: content === 'code' ? new Secret('012345') : null,
    now,
  })
}

describe('a code message', () => {
  test('says code, project, life time and "never share it" in both languages', () => {
    assert.equal(
      render({ channel: 'sms' }).text,
      '012345 is your Acme code. It expires in 5 minutes. Never share it.',
    )
    assert.equal(
      render({ channel: 'sms', locale: 'fr' }).text,
      '012345 est votre code Acme. Il expire dans 5 minutes. Ne le partagez jamais.',
    )
    const mail = render()
    assert.equal(mail.subject, '012345 is your Acme code')
    for (const part of ['012345', 'Acme', '5 minutes', 'Never share it']) {
      assert.ok(mail.text.includes(part))
      assert.ok(mail.html?.includes(part))
    }
    assert.match(mail.text, /^012345$/m, 'The code is alone on its line.')
  })

  test('promises no more time than is left', () => {
    const minutes = (elapsedSeconds: number) =>
      /in (\d+ minutes?)/.exec(render({ channel: 'sms', elapsedSeconds }).text)?.[1]
    assert.equal(minutes(1), '5 minutes')
    assert.equal(minutes(61), '4 minutes')
    assert.equal(minutes(239), '1 minute')
    assert.equal(minutes(290), '1 minute')
  })

  test('is one SMS with a usual name in every language; the notices of Hindi and Arabic are two', () => {
    for (const locale of messageLocales)
      for (const content of contents) {
        const { segments, length } = measureSms(render({ channel: 'sms', locale, content }).text)
        const isNotice = content !== 'code'
        const max = isNotice && (locale === 'hi' || locale === 'ar') ? 2 : 1
        assert.ok(segments <= max, `${locale} ${content}: ${length} places`)
      }
    const longNamed = render({ channel: 'sms', locale: 'fr', projectName: 'x'.repeat(300) }).text
    assert.ok((countGsm7(longNamed) ?? 999) <= 160)
    assert.match(longNamed, /x{37}\.\.\./)
  })

  test('announces the code digit by digit and copies as one word', () => {
    const { html } = render()
    assert.ok(html?.includes('aria-label="0 1 2 3 4 5"'))
    assert.ok(html?.includes('>012345</span>'))
  })

  test('carries what a carrier needs to recognise a repetition', () => {
    const { challengeId, idempotencyKey } = render()
    assert.equal(idempotencyKey, challengeId)
  })
})

describe('a notice', () => {
  test('holds no code and opens nothing', () => {
    for (const locale of messageLocales)
      for (const channel of channels)
        for (const content of notices) {
          const message = render({ locale, channel, content, projectName: 'Acme' })
          assert.equal(message.code, null)
          assert.ok(message.text.includes('Acme'))
          assert.doesNotMatch(message.text + message.subject, /\d/)
        }
  })

  test('is worded for each occasion', () => {
    assert.match(render({ content: 'notice-account-exists' }).text, /already has an account/)
    assert.match(render({ content: 'notice-address-changed' }).text, /no longer belongs to your/)
    assert.match(render({ content: 'notice-password-reset' }).text, /all sessions were ended/)
    assert.match(
      render({ content: 'notice-password-reset', locale: 'fr' }).text,
      /toutes les sessions ont été fermées/,
    )
  })
})

describe('text of others (S9)', () => {
  const hostile = [
    '{{7*7}}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself must come out.
    '${7*7}',
    '{code}',
    '{n, plural, other {#}}',
    "it's '{' quoted",
    '<script>alert(1)</script>',
    '<b>bold</b>',
    '"onload="x',
    '__proto__',
    'constructor',
    '%s',
    '&amp;',
  ]

  test('comes out literally in plain text', () => {
    for (const projectName of hostile)
      for (const channel of channels)
        assert.ok(render({ channel, projectName }).text.includes(projectName), `${channel} ${projectName}`)
  })

  test('comes out escaped in HTML', () => {
    for (const projectName of hostile) {
      const html = render({ projectName }).html ?? ''
      const escaped = projectName
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;')
      assert.ok(html.includes(escaped), projectName)
      assert.doesNotMatch(html, /<script|<b>|"onload/)
    }
  })

  test('begins no second line of a subject or a short message', () => {
    const projectName = 'Acme\r\nBcc: eve@example.test\u2028\u0000\u0085x'
    assert.equal(render({ projectName }).subject, '012345 is your Acme Bcc: eve@example.test x code')
    assert.doesNotMatch(render({ channel: 'sms', projectName }).text, /\p{Cc}|\u2028/u)
  })
})

describe('the letters of SMS', () => {
  test('typography and rare accents are written plainly, other scripts stay what they are', () => {
    assert.equal(foldToGsm7('Façade – l’été…'), "Facade - l'été...")
    assert.equal(foldToGsm7('Façade 東京'), 'Façade 東京')
    assert.equal(countGsm7('{}€'), 6)
    assert.equal(countGsm7('ê'), null)
  })
})

describe("a carrier's words", () => {
  const subject = { code: new Secret('012345'), to: '+2250701020304' }

  test('are kept without code, address and line breaks (C2)', () => {
    const detail = cleanDetail(
      '550 "012345" 012 345\r\nfor 2250701020304 / +2250701020304 %2B2250701020304',
      subject,
    )
    assert.doesNotMatch(detail, /012.?345|2250701020304|\n/)
    assert.ok(detail.startsWith('550'))
  })

  test('are cut to what the record holds', () => {
    assert.ok(cleanDetail('012345'.repeat(100_000), subject).length <= 500)
    assert.equal(cleanDetail('fine', { code: null, to: '' }), 'fine')
  })
})
