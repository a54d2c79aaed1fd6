import type { Address, Channel, EmailAddress, PhoneNumber, Region } from '../../domain/address.ts'
import type { StopReason } from '../../domain/brake.ts'
import type { AccountId, Challenge, ChallengeId } from '../../domain/challenge.ts'
import type { CheckJudgement, CheckRequest, CheckState } from '../../domain/judge-check.ts'
import type { SendJudgement, SendRequest, SendState } from '../../domain/judge-send.ts'
import type { Limit, LimitUsage } from '../../domain/limit.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { Micros } from '../../domain/money.ts'
import type { Project, ProjectId, ProjectSettings, WorkspaceId } from '../../domain/project.ts'
import type { Proof } from '../../domain/proof.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { RouteTable } from '../../domain/route.ts'
import type { Secret } from '../../domain/secret.ts'
import type { StoredText, TextDraft, TextKey } from '../../domain/text.ts'
import type { Reservation } from './spending.ts'

/*
 * What the engine needs of the world. Storage and delivery implement these; the engine knows nothing else of them.
 */

/** Decides sends and guesses, many at once, each under the locks of its subject. */
export type ChallengeStore = {
  /** Commits what `judge` decides before it answers. */
  decideSend(send: SendRequest, judge: (state: SendState) => SendJudgement): Promise<SendJudgement>
  decideCheck(check: CheckRequest, judge: (state: CheckState) => CheckJudgement): Promise<CheckJudgement>
  /** Counts one event of a limit (or a distinct member) outside of a send or a guess. */
  countEvent(projectId: ProjectId, limit: Limit, member: string | null): Promise<LimitUsage>
  /** The address of the newest challenge of the last 24 hours that was sent to this very spelling. */
  addressSpelled(subject: {
    projectId: ProjectId
    purpose: Purpose
    recordId: string | null
    spelling: string
  }): Promise<Address | null>
  /** The companion of the newest challenge of the last 24 hours that was sent to this address for this purpose. */
  companionOf(subject: { projectId: ProjectId; purpose: Purpose; address: Address }): Promise<string | null>
  /** Ends the lock of an address and its run of failures. False when the project does not know the address. */
  unlock(projectId: ProjectId, address: Address): Promise<boolean>
}

/** The prefixes of phone numbers that are stopped as pumping (S4). */
export type BrakeStore = {
  /** Of one project, or with null of all. */
  list(projectId: ProjectId | null): Promise<Brake[]>
  /** Ends a stop. False when the prefix is not stopped. */
  release(projectId: ProjectId, prefix: string): Promise<boolean>
}

/** A stop that is in force. `sends` and `verified` are those of the last hour. */
export type Brake = {
  projectId: ProjectId
  prefix: string
  reason: StopReason
  until: Date
  sends: number
  verified: number
}

/** What the dispatcher reads and writes. */
export type Outbox = {
  /** Leases challenges whose lease has run out, oldest first. No two nodes get the same one. */
  claim(max: number): Promise<ClaimedChallenges>
  /**
   * Stores tries and the states that follow, in one transaction. A token of a failed send goes back to its project. No
   * two results of one call concern the same challenge.
   */
  record(results: DeliveryResult[]): Promise<void>
}

/** `now` is the database's clock (V10), so that a node whose own clock is wrong still sends nothing too late. */
export type ClaimedChallenges = { now: Date; challenges: DueChallenge[] }

/** A challenge whose message is to be sent. One that was just committed is in its first step and not superseded. */
export type DueChallenge = Challenge & {
  /** How many steps of its plan were taken; `channel` is that of the last one. */
  step?: number
  /** A newer code took its place. */
  isSuperseded?: boolean
}

/** One try of one message. `next` is what becomes of the challenge. */
export type DeliveryResult = {
  projectId: ProjectId
  challengeId: ChallengeId
  /** `none` when the code ran out, or nothing serves the channel, before any carrier was asked. */
  carrier: string
  outcome: 'accepted' | 'refused' | 'unknown'
  /** The carrier's own words, without the code and without the address; at most 500 characters. */
  detail: string | null
  carrierMessageId: string | null
  startedAt: Date
  finishedAt: Date
  next: { state: 'accepted' | 'failed' | 'expired' } | { state: 'queued'; retryAt: Date }
  tried?: TriedMessage
}

/** Where a try went, and what it cost. */
export type TriedMessage = {
  /** That of the challenge when it was tried: a word about an earlier step changes nothing. */
  step: number
  channel: Channel
  country: Region | null
  cost: Micros
  /** What was reserved for it: the difference goes back. */
  reservation: Reservation | null
}

/** The routes that projects have of their own. */
export type RouteStore = {
  find(projectId: ProjectId): Promise<RouteTable>
  /** Those of every project. */
  listAll(): Promise<{ projectId: ProjectId; table: RouteTable }[]>
  /** Stores the legs of the channels that `table` names; a channel without legs has the server's again. */
  put(projectId: ProjectId, table: RouteTable): Promise<void>
}

/** How a send's message fares. */
export type DeliveryOutcome = 'accepted' | 'failed' | 'pending'

/** Sends what is committed. */
export type Dispatcher = {
  /** Takes a challenge that was just committed under this node's lease. Never throws, never waits. */
  dispatch(challenge: Challenge): void
  /**
   * The same, but answers the carriers' first word: one pass over the route, no retries after a refusal. `pending` when
   * `timeoutMilliseconds` pass first; then the retries go on as usual.
   */
  dispatchAndWait(challenge: Challenge, timeoutMilliseconds: number): Promise<DeliveryOutcome>
}

/** Who calls a keyless route. */
export type Caller = {
  /** IPv4 address, or the /64 of an IPv6 address. */
  network: string
  userAgent: string
  /** The solved puzzle that came with the request, as it came (S10). */
  solution: string | null
  /** Loopback in development: not counted per caller (S2, V5). */
  isExempt: boolean
}

/** API keys and projects. */
export type ProjectStore = {
  find(id: ProjectId): Promise<Project | null>
  list(): Promise<ProjectSummary[]>
  /** One of the list. */
  summarize(id: ProjectId): Promise<ProjectSummary | null>
  /** Null when there is no such project. Merges `settings` into what is stored. */
  update(id: ProjectId, change: ProjectChange): Promise<Project | null>
  /** Makes a project in the given workspace, or in a new one. */
  create(project: NewProject): Promise<Project>
}

export type NewProject = {
  /** A new one is made up when it is null. */
  id: ProjectId | null
  workspaceId: WorkspaceId | null
  name: string
  settings: ProjectSettings
  tokensGranted: number | null
}

export type ProjectChange = {
  name?: string
  settings?: Partial<ProjectSettings>
  tokensGranted?: number | null
}

export type ProjectSummary = Project & { tokens: { granted: number | null; used: number }; createdAt: Date }

/** The texts that projects have written. */
export type TextStore = {
  list(projectId: ProjectId): Promise<StoredText[]>
  /** Those of every project. */
  listAll(): Promise<StoredText[]>
  /** Stores a text in the place of the one with its key. */
  put(projectId: ProjectId, text: TextKey & TextDraft): Promise<void>
  /** False when there is none. */
  remove(projectId: ProjectId, key: TextKey): Promise<boolean>
}

/** What a key may do. `otp`: the `service` dialect. `otp:read-code`: see codes in `citizen` answers. */
export const apiKeyScopes = ['otp', 'otp:read-code'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]

export type ApiKey = {
  id: string
  workspaceId: WorkspaceId
  name: string
  /** The first characters, by which people tell keys apart. */
  prefix: string
  scopes: ApiKeyScope[]
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}

export type ApiKeyStore = {
  insert(key: {
    workspaceId: WorkspaceId
    name: string
    prefix: string
    hash: Buffer
    scopes: ApiKeyScope[]
    expiresAt: Date | null
  }): Promise<ApiKey>
  list(workspaceId: WorkspaceId): Promise<ApiKey[]>
  revoke(workspaceId: WorkspaceId, id: string): Promise<boolean>
  /**
   * The key with this hash that is neither revoked nor expired, the projects of its workspace, and whether its last use
   * was noted within the last minute.
   */
  findUsable(hash: Buffer): Promise<{ key: ApiKey; projects: Project[]; isUseNoted: boolean } | null>
  /** Notes the last use of keys, at most once a minute each. */
  touch(ids: string[]): Promise<void>
}

/** Reads what was sent, for people who look into it. */
export type RecordStore = {
  page(query: RecordQuery): Promise<{ records: Challenge[]; total: number }>
  stats(query: {
    projectId: ProjectId
    purpose: Purpose
    from: Date | null
    until: Date | null
  }): Promise<RecordStats>
  tokens(projectId: ProjectId): Promise<{ granted: number | null; used: number }>
  /** Challenges of every project of the last day, the newest first. For the inbox of development alone. */
  recent(query: { address: string | null; limit: number }): Promise<Challenge[]>
}

/** `until` is exclusive. `limit` records after the first `offset`, newest first. */
export type RecordQuery = {
  projectId: ProjectId
  purpose: Purpose
  channel: Channel | null
  isVerified: boolean | null
  recordId: string | null
  target: string | null
  from: Date | null
  until: Date | null
  offset: number
  limit: number
}

export type RecordStats = { total: number; verified: number; byChannel: Record<Channel, number> }

/** The types of account that the documents name. */
export const accountTypes = ['CITIZEN', 'USER', 'BUSINESS', 'AGENT'] as const
export type AccountType = (typeof accountTypes)[number]

/** A person's account. An address is unique per project and type once it is proven. */
export type Account = {
  projectId: ProjectId
  id: AccountId
  type: AccountType
  email: EmailAddress | null
  emailVerifiedAt: Date | null
  phone: PhoneNumber | null
  phoneVerifiedAt: Date | null
  firstName: string | null
  lastName: string | null
  /** The name as one piece, where it came as one. */
  fullName: string | null
  /** Agents only. */
  agentCode: string | null
  assignedArea: string | null
  /** The language that its owner has asked for. */
  locale: MessageLocale | null
  isActive: boolean
  createdAt: Date
}

/** A password hash in PHC format (argon2id) or modular crypt format (bcrypt, from imports). */
export type PasswordHash = Secret

export type Business = { projectId: ProjectId; id: number; name: string; type: string; isVerified: boolean }

/** Keeps proofs that a later request spends (`mobile`: verify, then sign up or log in). */
export type ProofStore = {
  keep(proof: Proof, binding: ProofBinding, lifeSeconds: number): Promise<void>
  /** Spends the newest fresh proof that matches, once. */
  spend(claim: ProofClaim): Promise<Proof | null>
}

/** What must come back with the claim: the token, or the caller's network and user agent. Digests only. */
export type ProofBinding = { tokenHash: Buffer; callerHash: Buffer }

export type ProofClaim = {
  projectId: ProjectId
  purpose: Purpose
  address: Address
  companion: string | null
  binding: { tokenHash: Buffer } | { callerHash: Buffer }
}
