import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mailboxOf, parseDomain, parseEmailAddress } from './email-address.ts'

describe('an e-mail address', () => {
  test.each([
    ['in capitals', 'Ada@Example.COM'],
    ['with spaces around it', '\u00a0 ada@example.com\u3000\n'],
    ['with zero-width spaces', '\u200bada@example.com\ufeff'],
    ['with marks of direction', '\u200fada\u200e@\u202aexample.com\u202c'],
    ['with a soft hyphen behind it', 'ada@example.com\u00ad'],
    [
      'in full width',
      '\uff41\uff44\uff41\uff20\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d',
    ],
    ['with a small at sign', 'ada\ufe6bexample.com'],
    ['with an ideographic full stop', 'ada@example\u3002com'],
    ['with a half-width ideographic full stop', 'ada@example\uff61com'],
    ['with needless quotes', '"ada"@example.com'],
  ])('S1: is the same %s', (_, text) => {
    expect(parseEmailAddress(text)).toBe('ada@example.com')
  })

  test.each([
    ['info@डाटामेल.भारत', 'info@xn--c2bd4bq1db8d.xn--h2brj9c'],
    ['info@xn--c2bd4bq1db8d.xn--h2brj9c', 'info@xn--c2bd4bq1db8d.xn--h2brj9c'],
    ['संपर्क@डाटामेल.भारत', 'संपर्क@xn--c2bd4bq1db8d.xn--h2brj9c'],
    ['用户@例え。テスト', '用户@xn--r8jz45g.xn--zckzah'],
    ['почта@почта.рф', 'почта@xn--80a1acny.xn--p1ai'],
    ['بريد@مثال.إختبار', 'بريد@xn--mgbh0fb.xn--kgbechtv'],
    ['ติดต่อ@ตัวอย่าง.ไทย', 'ติดต่อ@xn--72c1a1bt4awk9o.xn--o3cw4h'],
    ['ada@mu\u0308nchen.de', 'ada@xn--mnchen-3ya.de'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['a..b@docomo.ne.jp', 'a..b@docomo.ne.jp'],
    ['"a..b"@docomo.ne.jp', 'a..b@docomo.ne.jp'],
    ['ab.@docomo.ne.jp', 'ab.@docomo.ne.jp'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%s is read as %s', (text, email) => {
    expect(parseEmailAddress(text)).toBe(email)
  })

  test.each([
    'ada',
    '@example.com',
    'ada@',
    'ada@example',
    'ada@example..com',
    'ada@-example.com',
    'ada@exa\u00admple.com',
    'ada@xn--example.com',
    'ada@1.\u00b2',
    'ada@exa\uff0fmple.com',
    'ada@exam_ple.com',
    '..@example.com',
    '"@example.com',
    '""@example.com',
    '"a b"@example.com',
    '"a\\"b"@example.com',
    '"a@b"@example.com',
    'ada@example.com@example.org',
    'ada@example.com,eve@example.com',
    'ada@example.com\uff0ceve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'Ada <ada@example.com>',
    '\uff1cada@example.com\uff1e',
    'ada\u0000@example.com',
    'ada\ud800@example.com',
    `${'a'.repeat(65)}@example.com`,
    // Each of these letters has three bytes, and a mail server counts bytes.
    `${'क'.repeat(22)}@example.com`,
    `ada@${'a.'.repeat(126)}com`,
    `${' '.repeat(1_000)}ada@example.com`,
    ['ada@example.com'],
    null,
  ])('S8: %j is none', (input) => {
    expect(parseEmailAddress(input)).toBeNull()
  })

  test.each(['victim%other.example@relay.example', 'other.example!victim@relay.example'])(
    'S1: a route to another mailbox is no address: %s',
    (text) => {
      expect(parseEmailAddress(text)).toBeNull()
    },
  )

  test('S1: what was read once is read as itself, and is one address for a mailer', () => {
    const letters = fc.constantFrom(
      ...'aZ.é\u0301कि用\u3002\uff0e\uff21ß\u0130\u03a3\u200b\u200f"@ -_%!\'`\u212a\u0e31١',
    )
    const text = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (local, label) => {
        const email = parseEmailAddress(`${local}@${label}.com`)
        if (email === null) return
        expect(parseEmailAddress(email)).toBe(email)
        expect(parseEmailAddress(mailboxOf(email))).toBe(email)
        expect(email).not.toMatch(/[\s",;<>()\p{Cc}\p{Cf}]/u)
        expect(email.split('@')).toHaveLength(2)
      }),
      { numRuns: 3_000 },
    )
  })
})

test('S8: a local part stands in quotes where its dots need them, and nowhere else', () => {
  expect(mailboxOf('a..b@docomo.ne.jp')).toBe('"a..b"@docomo.ne.jp')
  expect(mailboxOf('.ab@docomo.ne.jp')).toBe('".ab"@docomo.ne.jp')
  expect(mailboxOf('ab.@docomo.ne.jp')).toBe('"ab."@docomo.ne.jp')
  expect(mailboxOf('a.b@docomo.ne.jp')).toBe('a.b@docomo.ne.jp')
})

test('a domain is what name servers know', () => {
  expect(parseDomain('bücher.example')).toBe('xn--bcher-kva.example')
  expect(parseDomain('example。com')).toBe('example.com')
  for (const text of [
    '',
    '.',
    'com',
    'example.com.',
    'a b.com',
    'a/b.com',
    'ａ／b.com',
    `${'a'.repeat(64)}.com`,
  ])
    expect([text, parseDomain(text)]).toEqual([text, null])
})
