import type { Channel } from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'

/** Reads what was sent, for people who investigate. */
export type RecordStore = {
  page(query: RecordQuery): Promise<{ records: Challenge[]; total: number }>
  stats(query: RecordRange & { projectId: ProjectId; purpose: PurposeName }): Promise<RecordStats>
  tokens(projectId: ProjectId): Promise<{ granted: number | null; used: number }>
  /** The challenges of all projects of the last day, newest first. Only for the inbox of development. */
  recent(query: { address: string | null; limit: number }): Promise<Challenge[]>
}

/** When records were sent; `until` is exclusive. Null where it is open. */
export type RecordRange = { from: Date | null; until: Date | null }

/** `limit` records after the first `offset`, newest first. */
export type RecordQuery = RecordRange & {
  projectId: ProjectId
  purpose: PurposeName
  channel: Channel | null
  isVerified: boolean | null
  recordId: string | null
  target: string | null
  offset: number
  limit: number
}

export type RecordStats = { total: number; verified: number; byChannel: Record<Channel, number> }
