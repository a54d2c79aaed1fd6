import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInText } from '../../src/delivery/texts/built-in.ts'
import { compileText } from '../../src/delivery/texts/compile-text.ts'
import { renderTemplate } from '../../src/delivery/texts/render-message.ts'
import { measureSms } from '../../src/delivery/texts/sms-lines.ts'
import { validateText } from '../../src/delivery/texts/validate-text.ts'
import { type Channel, channels } from '../../src/domain/address.ts'
import { messageLocales } from '../../src/domain/locale.ts'
import { defaultProjectSettings, type ProjectSettings } from '../../src/domain/project.ts'
import { type TextDraft, type TextKey, textPurposesOf } from '../../src/domain/text.ts'
import { purposes } from '../harness/purposes.ts'

const projectWith = (settings: Partial<ProjectSettings> = {}, name = 'Acme') => ({
  name,
  settings: { ...defaultProjectSettings, ...settings },
})
const sms: TextKey = { channel: 'sms', purpose: 'code', locale: 'en' }
const mail: TextKey = { channel: 'email', purpose: 'code', locale: 'en' }
const draftOf = (channel: Channel, body: string): TextDraft => ({
  subject: channel === 'email' ? 'Hello' : null,
  body,
})
const validate = (key: TextKey, body: string, settings: Partial<ProjectSettings> = {}) =>
  validateText(key, draftOf(key.channel, body), projectWith(settings))
const mistakesOf = (key: TextKey, body: string) =>
  validate(key, body).issues.map(({ path, message }) => `${path} ${message}`)

function render(key: TextKey, body: string, { name = 'Acme', settings = {}, minutes = 5 } = {}) {
  const pattern = compileText(key, draftOf(key.channel, body))(minutes)
  const templates = { project: projectWith(settings, name) }
  return renderTemplate(pattern, { templates, channel: key.channel, locale: key.locale, code: '012345' })
}

describe('our own texts', () => {
  test('pass the rules in every language, channel and purpose, without a warning but for the notices of two SMS', () => {
    for (const locale of messageLocales)
      for (const channel of channels)
        for (const purpose of textPurposesOf(purposes.names)) {
          const key = { locale, channel, purpose }
          const { issues, warnings } = validateText(key, builtInText(key), projectWith())
          expect(issues, `${locale} ${channel} ${purpose}`).toEqual([])
          const isShort = locale === 'ar' && purpose === 'notice-address-changed'
          const isLong =
            ['hi', 'ar'].includes(locale) && channel === 'sms' && purpose.startsWith('notice') && !isShort
          expect(warnings, `${locale} ${channel} ${purpose}`).toHaveLength(isLong ? 1 : 0)
        }
  })

  test('say code, project and time in every language, in digits that can be typed', () => {
    for (const locale of messageLocales)
      for (const channel of channels) {
        const key = { locale, channel, purpose: 'code' } as const
        for (const minutes of [3, 10]) {
          const { body } = builtInText(key)
          const { text } = render(key, body, { minutes })
          for (const part of ['012345', 'Acme', String(minutes)]) expect(text).toContain(part)
        }
      }
  })

  test('count in the forms of the language', () => {
    const arabic = { ...sms, locale: 'ar' } as const
    const minutesIn = (minutes: number) => render(arabic, builtInText(arabic).body, { minutes }).text
    expect(minutesIn(1)).toContain('دقيقة واحدة')
    expect(minutesIn(2)).toContain('دقيقتين')
    expect(minutesIn(5)).toContain('5 دقائق')
    const german = { ...sms, locale: 'de' } as const
    expect(render(german, builtInText(german).body, { minutes: 1 }).text).toContain('1 Minute.')
  })
})

describe('a broken text is refused with place and remedy', () => {
  test.each([
    [
      '{code',
      'body line 1, column 1 opens a brace that nothing closes; placeholders are {code}, {project}, {minutes}',
    ],
    [
      'Hello\n  {nmae} {code}',
      'body line 2, column 3 {nmae} is not a placeholder of this text; placeholders are',
    ],
    ['{code} {__proto__}', 'body line 1, column 8 {__proto__} is not a placeholder'],
    ['{code} {constructor}', 'body line 1, column 8 {constructor} is not a placeholder'],
    ['{{7*7}} {code}', 'body line 1, column 1 is no name of a placeholder'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text that somebody may write.
    ['${7*7} {code}', 'body line 1, column 2'],
    ['{} {code}', 'body line 1, column 1 is an empty pair of braces'],
    ['{code, number}', 'body line 1, column 1 {code, …} would change what it shows; write {code}'],
    ['{code, select, other {x}}', 'body line 1, column 1 {code, …} would change'],
    ['{code} {minutes, date}', 'body line 1, column 8 {minutes} is a number'],
    ['{code} {minutes, plural, one {#}}', 'is a plural without the form "other"'],
    ['{minutes, plural, one {{code}} other {soon}}', 'body loses {code} where 2 minutes are left'],
    ['Your code is on its way', 'body holds no {code}'],
    [
      "Your code: '{code}'",
      'body holds no {code}, and a message without its code helps nobody; write {code} outside of quotes',
    ],
    ['', 'body is empty'],
    ['{code} \u0007', 'body line 1, column 8 holds the character U+0007'],
    ['{code} \uE001', 'body line 1, column 8 holds the character U+E001'],
    [`{code} ${'x'.repeat(700)}`, 'body is longer than 700 characters'],
    [`{code} ${'x'.repeat(460)}`, 'body takes 4 SMS (467 places in GSM-7); shorten it to 3'],
    [`{code} ${'ж'.repeat(200)}`, 'body takes 4 SMS (207 places in UCS-2); shorten it to 3'],
  ])('%j', (body, expected) => {
    expect(mistakesOf(sms, body).join('; ')).toContain(expected)
  })

  test.each([
    [
      '{code} ![x](https://example.test/x.png)',
      'body line 1, column 8 "![x](https://example.test/x.png)" shows a picture',
    ],
    ['{code} [x](javascript:alert(1))', 'is a link to something else than a fixed https://'],
    ['{code} [x](http://example.test)', 'is a link to something else'],
    [
      '{code} [x](https://example.test/?c={code})',
      'body line 1, column 8 "[x](https://example.test/?c={code})" is a link',
    ],
    ['{code}\n\n    {project}', 'begins with four spaces or a fence'],
    ['> {code}', 'begins with ">"'],
    ['[x](https://example.test "{code}")', 'body holds no {code}'],
  ])('in mail: %j', (body, expected) => {
    expect(mistakesOf(mail, body).join('; ')).toContain(expected)
  })

  test('a notice has no code to show, and a subject one line', () => {
    const notice: TextKey = { ...sms, purpose: 'notice-account-exists' }
    expect(mistakesOf(notice, 'You have an account at {project}.')).toEqual([])
    expect(mistakesOf(notice, 'Your {code}').join()).toContain('placeholders are {project},')
    const subject = (text: string | null, key = mail) =>
      validateText(key, { subject: text, body: '{code}' }, projectWith()).issues.map(({ path }) => path)
    expect(subject('Hello\r\nBcc: eve@example.test')).toEqual(['subject line 1, column 6'])
    expect(subject('Hello\u2028x')).toEqual(['subject line 1, column 6'])
    expect(subject(null)).toEqual(['subject'])
    expect(subject('Hello', sms)).toEqual(['subject'])
    expect(subject('{code} for {project}')).toEqual([])
  })

  test('every mistake is told at once', () => {
    expect(mistakesOf(sms, '{nmae} {other} \u0007')).toHaveLength(3)
  })
})

test('whatever somebody writes is judged, and what passes can be sent with its code', () => {
  const pieces = fc.constantFrom(
    ...[
      '{code}',
      '{minutes, plural, one {',
      '} other {',
      '}',
      '{',
      "'",
      '#',
      '{minutes, number, ::',
      'currency/X',
      '.00',
    ],
    ...[
      '**',
      '*',
      '[x](',
      ')',
      '<b>',
      '&',
      '\n\n',
      '    ',
      '> ',
      '- ',
      '1. ',
      '`',
      '\\',
      '{project}',
      '{x, date, ::y}',
    ],
  )
  const words = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 })
  fc.assert(
    fc.property(words, fc.constantFrom(sms, mail), (parts, key) => {
      const body = parts.join('')
      if (mistakesOf(key, body).length > 0) return
      const { text, html } = render(key, body)
      expect(text).toContain('012345')
      if (html !== null) expect(html).toContain('012345')
    }),
    { numRuns: 3_000 },
  )
})

describe('SMS', () => {
  test('are measured as they are sent, and what costs more is said', () => {
    expect(measureSms('x'.repeat(160))).toEqual({ alphabet: 'GSM-7', length: 160, segments: 1 })
    expect(measureSms('x'.repeat(161)).segments).toBe(2)
    expect(measureSms('x'.repeat(306)).segments).toBe(2)
    expect(measureSms('x'.repeat(307)).segments).toBe(3)
    expect(measureSms(`${'x'.repeat(152)}€${'x'.repeat(152)}`)).toMatchObject({ length: 306, segments: 3 })
    expect(measureSms('ж'.repeat(70)).segments).toBe(1)
    expect(measureSms('ж'.repeat(71))).toEqual({ alphabet: 'UCS-2', length: 71, segments: 2 })
    expect(measureSms('😀'.repeat(36))).toMatchObject({ length: 72, segments: 2 })

    const { warnings } = validate(sms, `{code} ${'x'.repeat(160)}`)
    expect(warnings).toEqual([
      { path: 'body', message: 'takes 2 SMS (167 places in GSM-7), and each is paid for' },
    ])
    expect(validate(sms, 'Code {code} 🙂').warnings).toEqual([
      { path: 'body', message: 'without "🙂" an SMS would hold 160 letters instead of 70' },
    ])
    expect(validate(sms, 'Façade – {code}').warnings).toEqual([])
  })

  test('end with the lines that phones read', () => {
    const settings = { webOtpHost: 'shop.example.com', androidAppHash: 'FA+9qCX9VSu' }
    const { text } = render(sms, '{code} opens {project}.', { settings })
    expect(text).toBe('012345 opens Acme.\n\nFA+9qCX9VSu\n@shop.example.com #012345')
    const key = { ...sms, purpose: 'notice-account-exists' } as const
    const pattern = compileText(key, draftOf('sms', 'Hello {project}'))(5)
    const notice = {
      templates: { project: projectWith(settings) },
      channel: 'sms',
      locale: 'en',
      code: '',
    } as const
    expect(renderTemplate(pattern, notice).text).toBe('Hello Acme')
    expect(
      validate(sms, `{code} ${'x'.repeat(100)}`, settings).warnings.map(({ message }) => message),
    ).toEqual(['is 146 bytes with its last lines; Android apps read at most 140'])
  })
})

describe('mail', () => {
  const body = `# Hello

Use **this** or *that* within {minutes, plural, one {# minute} other {# minutes}}:

{code}

- one
- two

1. [advice](https://example.test/help?a=1&b=2)

<script>alert(1)</script> <b>bold</b> & {project} \\*literal\\*  
next line`

  test('is Markdown, and HTML in it comes out as it was written', () => {
    const { html, text } = render(mail, body)
    for (const part of [
      '>Hello</h1>',
      '<strong>this</strong>',
      '<em>that</em>',
      '5 minutes:',
      'aria-label="0 1 2 3 4 5"',
      '<a href="https://example.test/help?a=1&amp;b=2"',
      '&lt;script&gt;alert(1)&lt;/script&gt;',
      '&lt;b&gt;bold&lt;/b&gt; &amp; <bdi>Acme</bdi> *literal*<br>next line',
    ])
      expect(html).toContain(part)
    expect(html).not.toMatch(/<script|<b>/)
    expect(text).toContain('\n\n012345\n\n- one\n- two\n\n1. advice (https://example.test/help?a=1&b=2)\n\n')
    expect(text).toContain('<script>alert(1)</script> <b>bold</b> & Acme *literal*\nnext line')
  })

  test('takes no markup from a value', () => {
    const names = [
      '**x**',
      '[x](https://evil.test)',
      '# x',
      '<b>x</b>',
      '{code}',
      '{{7*7}}',
      '__proto__',
      '\uE001',
    ]
    for (const name of names) {
      const { html, text, subject } = render(mail, 'At {project}: {code}', { name })
      const escaped = name.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
      expect(html).toContain(`At <bdi>${escaped}</bdi>: 012345`)
      expect(text).toBe(`At ${name}: 012345\n`)
      expect(subject).toBe('Hello')
    }
  })

  test('wears the colours of its project, and is written from the right where its language is', () => {
    const settings = { displayName: 'Acme Shop', colour: '#ffd54a', logoUrl: 'https://acme.example/logo.png' }
    const dressed = render({ ...mail, locale: 'ar' }, '{code}', { settings }).html ?? ''
    for (const part of [
      '<html lang="ar" dir="rtl">',
      'background-color:#ffd54a',
      'color:#16181d">Acme Shop',
      '<img src="https://acme.example/logo.png" alt=""',
      'align="right"',
    ])
      expect(dressed).toContain(part)
    const plain = render(mail, '{code}').html ?? ''
    expect(plain).not.toMatch(/<img|https?:/)
    expect(plain).toContain('color:#ffffff">Acme')
  })
})
