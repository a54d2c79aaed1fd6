import type { Address } from '../../domain/address.ts'
import type { AccountId, ChallengeSubject } from '../../domain/challenge.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'

/** Whom a code is for, and what for, in a command. */
export type SubjectFields = {
  project: Project
  purpose: Purpose
  address: Address
  recordId?: string | null
  secondAddress?: string | null
  accountId?: AccountId | null
}

/** The subject of a send or of a check. What a command leaves out is null. */
export const subjectOf = ({
  project,
  purpose,
  address,
  recordId = null,
  secondAddress = null,
  accountId = null,
}: SubjectFields): ChallengeSubject => ({
  projectId: project.id,
  purpose: purpose.name,
  address,
  recordId,
  secondAddress,
  accountId,
})
