import { expect, test } from 'vitest'
import { Secret } from '../../domain/secret.ts'
import { createSealer } from './sealing.ts'

const older = new Secret('o'.repeat(32))
const newer = new Secret('n'.repeat(32))
const secret = new Secret('whsec_of-somebody')

test('what is sealed holds nothing of the secret, is never the same twice, and opens in its place alone (C2)', () => {
  const sealer = createSealer({ current: older, previous: null })
  const sealed = sealer.seal(secret, 'webhook/A/1')
  expect(sealed.includes(secret.reveal())).toBe(false)
  expect(sealed.equals(sealer.seal(secret, 'webhook/A/1'))).toBe(false)
  expect(sealer.open(sealed, 'webhook/A/1')?.reveal()).toBe(secret.reveal())
  expect(sealer.open(sealed, 'webhook/B/1')).toBeNull()
})

test('a single changed, missing or added byte opens nothing', () => {
  const sealer = createSealer({ current: older, previous: null })
  const sealed = sealer.seal(secret, 'place')
  for (let at = 0; at < sealed.length; at += 1) {
    const forged = Buffer.from(sealed)
    forged[at] = (forged[at] ?? 0) ^ 1
    expect(sealer.open(forged, 'place')).toBeNull()
    expect(sealer.open(sealed.subarray(0, at), 'place')).toBeNull()
  }
  expect(sealer.open(Buffer.concat([sealed, Buffer.from([0])]), 'place')).toBeNull()
})

test('with a new master secret the previous one still opens, and is known to be outdated', () => {
  const sealed = createSealer({ current: older, previous: null }).seal(secret, 'place')
  const rotated = createSealer({ current: newer, previous: older })
  expect(rotated.open(sealed, 'place')?.reveal()).toBe(secret.reveal())
  const anew = rotated.reseal(sealed, 'place')
  expect(anew).not.toBeNull()
  expect(
    createSealer({ current: newer, previous: null })
      .open(anew ?? sealed, 'place')
      ?.reveal(),
  ).toBe(secret.reveal())
  expect(rotated.reseal(rotated.seal(secret, 'place'), 'place')).toBeNull()
  expect(rotated.reseal(sealed, 'another place')).toBeNull()
  expect(createSealer({ current: newer, previous: null }).open(sealed, 'place')).toBeNull()
})
