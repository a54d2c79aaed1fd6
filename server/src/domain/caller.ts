import { createHash } from 'node:crypto'
import type { ProjectId } from './project.ts'

/** Who calls a keyless route. */
export type Caller = {
  /** An IPv4 address, or the /64 of an IPv6 address. */
  network: string
  userAgent: string
  /** The solved proof of work that the request carries, not yet parsed (S10). */
  solution: string | null
  /** Loopback in development: not counted per caller (S2, V5). */
  isExempt: boolean
}

/** What is stored of a caller: a digest of its network and user agent, by which it is known again. */
export const digestOfCaller = ({ network, userAgent }: Caller): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([network, userAgent]))
    .digest()

/** The line in which a caller waits where lines take turns: its network, or of callers with an API key their project. */
export const lineOf = (caller: Caller | null, projectId: ProjectId): string =>
  caller === null ? `project ${projectId}` : `network ${caller.network}`
