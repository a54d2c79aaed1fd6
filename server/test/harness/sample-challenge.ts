import { randomBytes } from 'node:crypto'
import type { Address } from '../../src/domain/address.ts'
import { type Challenge, challengeId } from '../../src/domain/challenge.ts'
import type { ProjectId } from '../../src/domain/project.ts'

/** A challenge that was committed just now and waits for delivery. */
export function sampleChallenge(changes: Partial<Challenge> = {}): Challenge {
  const createdAt = changes.createdAt ?? new Date()
  const address = (changes.channel === 'email' ? 'ada@example.test' : '+2250701020304') as Address
  return {
    id: challengeId(createdAt, randomBytes(6)),
    projectId: 'shop' as ProjectId,
    purpose: 'service',
    channel: 'sms',
    address,
    target: address,
    recordId: null,
    secondAddress: null,
    accountId: null,
    content: 'code',
    locale: 'en',
    keyId: 'test-key',
    digits: 6,
    attempts: 0,
    attemptsMax: 5,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 300_000),
    usedAt: null,
    deliveryState: 'queued',
    ...changes,
  }
}
