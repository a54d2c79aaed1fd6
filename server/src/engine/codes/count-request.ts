import type { LimitUsage } from '../../domain/limit.ts'
import type { Project } from '../../domain/project.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import { projectRequestLimits } from './limits.ts'

export type RequestCount =
  | { ok: true; usage: LimitUsage[] }
  | { ok: false; refusal: 'too-many-requests'; retryAfterSeconds: number; usage: LimitUsage[] }

/** Counts a request with an API key that is neither a send nor a check. Those are counted where they are judged. */
export type CountRequest = (project: Project) => Promise<RequestCount>

export function createCountRequest({
  challenges,
}: {
  challenges: Pick<ChallengeStore, 'countEvent'>
}): CountRequest {
  return async (project) => {
    const usage = await Promise.all(
      projectRequestLimits(project).map((limit) => challenges.countEvent(project.id, limit, null)),
    )
    const exceeded = usage.filter(({ isExceeded }) => isExceeded)
    if (exceeded.length === 0) return { ok: true, usage }
    const retryAfterSeconds = Math.max(...exceeded.map(({ resetSeconds }) => resetSeconds))
    return { ok: false, refusal: 'too-many-requests', retryAfterSeconds, usage }
  }
}
