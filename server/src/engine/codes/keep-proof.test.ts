import { describe, expect, test } from 'vitest'
import { purposeNamed } from '../../../test/harness/purposes.ts'
import type { Address, EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { ChallengeId } from '../../domain/challenge.ts'
import { asProof, type Proof } from '../../domain/evidence.ts'
import { defaultProjectSettings, type Project } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import type { ProofBinding, ProofClaim, ProofStore } from '../ports/proofs.ts'
import { createKeepProof, findProof, pairSubject } from './keep-proof.ts'
import { hashToken, mintVerificationToken } from './opaque-tokens.ts'

const phone = '+2250701020304' as PhoneNumber
const email = 'ada@example.test' as EmailAddress
const caller: Caller = { network: '192.0.2.1', userAgent: 'curl/8', solution: null, isExempt: false }
const project: Project = {
  id: 'PRJ_one' as Project['id'],
  workspaceId: 'WSP_one' as Project['workspaceId'],
  state: 'active',
  name: 'Acme',
  settings: defaultProjectSettings,
}
const proofOf = (purpose: PurposeName): Proof =>
  asProof({
    projectId: project.id,
    challengeId: '0123456789abcdef01234567' as ChallengeId,
    purpose,
    channel: 'sms',
    address: phone as Address,
    recordId: null,
    secondAddress: null,
    accountId: null,
    provenAt: new Date('2026-01-15T12:00:00.000Z'),
    claimHash: null,
  })

/** A store that records what is kept and claimed, and gives every claim the same proof. */
function recordingStore() {
  const kept: { proof: Proof; binding: ProofBinding; lifeSeconds: number }[] = []
  const claimed: ProofClaim[] = []
  const proofs: ProofStore = {
    async keep(proof, binding, lifeSeconds) {
      kept.push({ proof, binding, lifeSeconds })
    },
    async find(claim) {
      claimed.push(claim)
      return proofOf('mobile-login')
    },
    async hasJustSpent() {
      return false
    },
  }
  return { proofs, kept, claimed }
}

/** The binding of a proof that this caller keeps. */
async function bindingOf(by: Caller): Promise<ProofBinding | undefined> {
  const { proofs, kept } = recordingStore()
  await createKeepProof({ proofs })(proofOf('mobile-login'), {
    purpose: purposeNamed('mobile-login'),
    caller: by,
  })
  return kept[0]?.binding
}

test('A6: a code goes to the e-mail address when there is one, with the mobile beside it', () => {
  expect(pairSubject({ phone, email })).toEqual({ address: email, secondAddress: phone })
  expect(pairSubject({ phone, email: null })).toEqual({ address: phone, secondAddress: null })
})

describe('a proof', () => {
  test.each([
    ['mobile-signup', 600],
    ['mobile-login', 120],
  ] as const)(
    'A6: of %s is fresh for %i seconds, bound to its token and its caller',
    async (purpose, seconds) => {
      const { proofs, kept } = recordingStore()
      const token = await createKeepProof({ proofs })(proofOf(purpose), {
        purpose: purposeNamed(purpose),
        caller,
      })
      const { callerHash } = (await bindingOf(caller)) ?? {}
      expect(kept).toEqual([
        {
          proof: proofOf(purpose),
          binding: { tokenHash: hashToken(token), callerHash },
          lifeSeconds: seconds,
        },
      ])
    },
  )

  test('T1: of a mere verification is not kept, and its token looks like any other', async () => {
    const { proofs, kept } = recordingStore()
    const token = await createKeepProof({ proofs })(proofOf('mobile-verification'), {
      purpose: purposeNamed('mobile-verification'),
      caller,
    })
    expect(token.reveal()).toMatch(/^wwv_[\w-]{43}$/)
    expect(kept).toEqual([])
  })

  test('A6: is bound to network and user agent, each of them', async () => {
    const binding = await bindingOf(caller)
    expect((await bindingOf({ ...caller, solution: 'x' }))?.callerHash).toEqual(binding?.callerHash)
    for (const other of [
      { network: '192.0.2.2' },
      { userAgent: 'curl/9' },
      // Two callers must not have the same digest because their fields join to the same text.
      { network: '192.0.2.1,curl', userAgent: '/8' },
    ])
      expect((await bindingOf({ ...caller, ...other }))?.callerHash).not.toEqual(binding?.callerHash)
  })
})

describe('the claim of a proof', () => {
  const claimant = { project, phone, email, verificationToken: undefined, caller }
  const subject = { projectId: project.id, purpose: 'mobile-login', address: email, secondAddress: phone }

  test('A6: without a token is by network and user agent', async () => {
    const { callerHash } = (await bindingOf(caller)) ?? {}
    for (const verificationToken of [undefined, null]) {
      const { proofs, claimed } = recordingStore()
      const found = await findProof(proofs, purposeNamed('mobile-login'), { ...claimant, verificationToken })
      expect(found).toEqual(proofOf('mobile-login'))
      expect(claimed).toEqual([{ ...subject, binding: { callerHash } }])
    }
  })

  test('A6: with a token is by that alone', async () => {
    const { proofs, claimed } = recordingStore()
    const token = mintVerificationToken()
    const requireVerificationToken = { ...project.settings, requireVerificationToken: true }
    await findProof(proofs, purposeNamed('mobile-signup'), {
      ...claimant,
      project: { ...project, settings: requireVerificationToken },
      email: null,
      verificationToken: token.reveal(),
    })
    expect(claimed).toEqual([
      {
        projectId: project.id,
        purpose: 'mobile-signup',
        address: phone,
        secondAddress: null,
        binding: { tokenHash: hashToken(token) },
      },
    ])
  })

  test.each([
    ['nothing', ''],
    ['a number', 5],
    ['a refresh token', `wwr_${'A'.repeat(43)}`],
  ])(
    'T5, A6: with %s for a token is none, for the right network does not mend it',
    async (_, verificationToken) => {
      const { proofs, claimed } = recordingStore()
      expect(
        await findProof(proofs, purposeNamed('mobile-login'), { ...claimant, verificationToken }),
      ).toBeNull()
      expect(claimed).toEqual([])
    },
  )

  test('A6: without a token is none where the project asks for one', async () => {
    const { proofs, claimed } = recordingStore()
    const strict = { ...project, settings: { ...project.settings, requireVerificationToken: true } }
    expect(await findProof(proofs, purposeNamed('mobile-login'), { ...claimant, project: strict })).toBeNull()
    expect(claimed).toEqual([])
  })
})
