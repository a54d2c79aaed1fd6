import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { TotpState } from '../../domain/totp.ts'

/** Whose authenticator app it is. */
export type TotpOwner = { projectId: ProjectId; subject: string }

export type StoredTotp = TotpState & { sealed: Buffer; isConfirmed: boolean }

/** What a judge decides under the lock of the row: what is stored, and which events are recorded with it. */
export type TotpDecision<Result> = {
  result: Result
  next: TotpState
  isConfirmed: boolean
  events: NewEvent[]
}

/** Keeps authenticator apps. Their secrets are sealed. */
export type TotpStore = {
  /** Replaces one that was not confirmed. False if there is one that was. */
  begin(owner: TotpOwner, sealed: Buffer): Promise<boolean>
  /** Judges a code under the lock of the row. Null if there is none. */
  decide<Result>(
    owner: TotpOwner,
    judge: (stored: StoredTotp, now: Date) => TotpDecision<Result>,
  ): Promise<Result | null>
  /** False if there is none that was confirmed. */
  remove(owner: TotpOwner, event: NewEvent): Promise<boolean>
  listSealed(): Promise<(TotpOwner & { sealed: Buffer })[]>
  reseal(owner: TotpOwner, before: Buffer, after: Buffer): Promise<void>
}
