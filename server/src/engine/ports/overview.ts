import type { Channel, Region } from '../../domain/address.ts'
import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { VerificationTimes } from '../../domain/verification-times.ts'

export const overviewSteps = ['minute', 'hour', 'day'] as const
export type OverviewStep = (typeof overviewSteps)[number]

/** Whole steps, `until` excluded. */
export type OverviewQuery = {
  projectId: ProjectId
  from: Date
  until: Date
  step: OverviewStep
  channel: Channel | null
  country: Region | null
  carrier: string | null
}

/** Counts of codes by the moment of their request, and of their messages. */
export type VerificationCounts = {
  sent: number
  accepted: number
  delivered: number
  messages: number
  refused: number
  lost: number
  cost: Micros
  /** The verified codes, by how long it took. */
  times: VerificationTimes
}

/** What was counted in a range; only what occurred has an entry. */
export type Overview = {
  total: VerificationCounts
  /** By the beginning of the step, in milliseconds. */
  series: Map<number, VerificationCounts>
  channels: Map<Channel, VerificationCounts>
  /** Of codes without a country, null. */
  countries: Map<Region | null, VerificationCounts>
  /** Of codes that no carrier was asked for, null. */
  carriers: Map<string | null, VerificationCounts>
}

export type OverviewStore = {
  read(query: OverviewQuery): Promise<Overview>
  /** The moment of the database. */
  now(): Promise<Date>
}
