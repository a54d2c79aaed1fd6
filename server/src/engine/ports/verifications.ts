import type { Address, Channel, Region } from '../../domain/address.ts'
import type { AccountId, ChallengeId, Content } from '../../domain/challenge.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import type { ReceiptState } from '../../domain/receipt.ts'
import type { CodeState, VerificationOutcome } from '../../domain/verification.ts'

/** Reads challenges with what became of them, for operators. */
export type VerificationStore = {
  page(query: VerificationQuery): Promise<VerificationPage>
  find(projectId: ProjectId, id: ChallengeId): Promise<VerificationDetails | null>
}

export type VerificationQuery = {
  projectId: ProjectId
  /** Null for all of the project. */
  search: VerificationSearch | null
  channel: Channel | null
  carrier: string | null
  country: Region | null
  outcome: VerificationOutcome | null
  from: Date | null
  until: Date | null
  /** The id that the page before has ended at. */
  after: ChallengeId | null
  limit: number
}

/** What a text that somebody looks for may be; a verification that is any of it is found. */
export type VerificationSearch = {
  id: ChallengeId | null
  address: Address | null
  /** As it was typed: the spelling of an address that a caller has used, or the id that a caller has given. */
  text: string
}

/** Newest first. `next` is the id to continue after: filters look through some, and a page may be short. */
export type VerificationPage = { verifications: Verification[]; next: ChallengeId | null }

/** A challenge as operators see it. */
export type Verification = {
  id: ChallengeId
  purpose: PurposeName
  content: Content
  channel: Channel
  /** Null after its person was erased. */
  address: Address | null
  recordId: string | null
  accountId: AccountId | null
  locale: MessageLocale
  outcome: VerificationOutcome
  /** Null for what has no code. */
  state: CodeState | null
  attempts: number
  attemptsMax: number
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
  /** Of the message that stands for it. Null where no carrier was asked. */
  carrier: string | null
  country: Region | null
  messages: number
  cost: Micros
}

export type VerificationDetails = Verification & {
  target: string | null
  secondAddress: string | null
  replacedAt: Date | null
  /** The key that asked for it; null for callers without one. */
  key: { id: string; name: string | null } | null
  attemptsWithCarriers: MessageAttempt[]
  /** What was recorded of its checks, oldest first. */
  checks: VerificationCheck[]
}

/** One message handed to one carrier. */
export type MessageAttempt = {
  attempt: number
  carrier: string
  channel: Channel
  country: Region | null
  result: 'accepted' | 'refused' | 'unknown'
  detail: string | null
  carrierMessageId: string | null
  startedAt: Date
  finishedAt: Date
  cost: Micros
  report: { state: ReceiptState; detail: string | null; at: Date } | null
}

export type VerificationCheck = {
  at: Date
  type: 'attempt-failed' | 'inspected' | 'locked'
  refusal: string | null
}
