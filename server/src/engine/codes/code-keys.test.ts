import { describe, expect, test } from 'vitest'
import type { Address } from '../../domain/address.ts'
import type { Challenge, ChallengeId } from '../../domain/challenge.ts'
import { deriveCode } from '../../domain/code.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import { createCodeKeyring, revealCode } from './code-keys.ts'

const [old, present] = [new Secret('o'.repeat(43)), new Secret('p'.repeat(43))]
const subject = {
  id: '0123456789abcdef01234567' as ChallengeId,
  projectId: 'PRJ_one' as ProjectId,
  address: 'ada@example.test' as Address,
  purpose: 'service',
  digits: 6,
} as const

describe('the keys of codes', () => {
  test('C1: a secret gives every node the same key after every restart', () => {
    const { current, codeOf } = createCodeKeyring({ current: present, previous: null })
    // If the key changed, an upgrade would invalidate every code that was sent before it.
    expect(current).toEqual({
      id: '457e40a7',
      key: Buffer.from('d05574c07a9bfd13a6afedd2f060cd19e418db4e97c3481b24ae42d37eb714fb', 'hex'),
    })
    expect(codeOf({ ...subject, keyId: current.id })?.reveal()).toBe(deriveCode(current, subject).reveal())
    expect(codeOf({ ...subject, purpose: 'citizen', digits: 5, keyId: current.id })?.reveal()).toMatch(
      /^\d{5}$/,
    )
  })

  test('C1: while the secret is being replaced, codes of both are known and new ones are of the new', () => {
    const before = createCodeKeyring({ current: old, previous: null })
    const during = createCodeKeyring({ current: present, previous: old })
    const issued = { ...subject, keyId: before.current.id }
    expect(during.codeOf(issued)?.reveal()).toBe(before.codeOf(issued)?.reveal())
    expect(during.current).toEqual(createCodeKeyring({ current: present, previous: null }).current)
  })

  test('C2: without its key nobody knows a code, and a message that needs it is a fault', () => {
    const keyring = createCodeKeyring({ current: present, previous: null })
    const stranded = {
      ...subject,
      keyId: createCodeKeyring({ current: old, previous: null }).current.id,
    }
    expect(keyring.codeOf(stranded)).toBeNull()
    expect(() => revealCode(keyring, stranded as Challenge)).toThrow(`challenge ${subject.id}`)
    const known = { ...subject, keyId: keyring.current.id } as Challenge
    expect(revealCode(keyring, known)).toEqual(keyring.codeOf(known))
  })
})
