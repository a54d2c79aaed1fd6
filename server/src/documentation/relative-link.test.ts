import { expect, test } from 'vitest'
import { relativeLink } from './relative-link.ts'

test.each([
  ['/', '/docs'],
  ['/', '/docs/api/x/y#z'],
  ['/docs', '/'],
  ['/docs', '/docs'],
  ['/docs', '/docs/operating'],
  ['/docs/operating', '/docs'],
  ['/docs/operating', '/docs/decisions/codes#why'],
  ['/docs/decisions/codes', '/docs/operating'],
  ['/docs/api/x/y', '/openapi.json'],
  ['/docs/api/x/y', '/'],
  ['/docs/operating', '/docs/operating#health'],
])('from %s the link to %s leads there, also below a path of a proxy', (from, to) => {
  for (const below of ['', '/otp', '/a/b']) {
    const base = `https://example.test${below}`
    expect(new URL(relativeLink(from, to), base + from).href).toBe(base + to)
  }
})
