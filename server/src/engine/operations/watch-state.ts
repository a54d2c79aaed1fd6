import type { LiveState } from '../../domain/live-state.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { LiveStateStore } from '../ports/live-state.ts'

export type WatchState = {
  read(projectId: ProjectId | null): Promise<LiveState>
  /** The state again and again, for as long as whoever reads goes on and the node does not end. */
  watch(projectId: ProjectId | null): AsyncGenerator<LiveState>
}

export type WatchStateParts = {
  liveStates: LiveStateStore
  isEnding: () => boolean
  everyMilliseconds?: number
  /** A stream ends after this time, and whoever reads asks again: with rights that may have ended meanwhile. */
  streamMilliseconds?: number
}

/** Any number of readers ask the database once. */
const rememberedMilliseconds = 1_000

export function createWatchState({
  liveStates,
  isEnding,
  everyMilliseconds = 2_000,
  streamMilliseconds = 30_000,
}: WatchStateParts): WatchState {
  const remembered = new Map<ProjectId | null, { readAt: number; state: Promise<LiveState> }>()

  const read = (projectId: ProjectId | null): Promise<LiveState> => {
    const now = performance.now()
    for (const [key, { readAt }] of remembered)
      if (now - readAt >= rememberedMilliseconds) remembered.delete(key)
    const known = remembered.get(projectId)
    if (known !== undefined) return known.state
    const state = liveStates.read(projectId)
    remembered.set(projectId, { readAt: now, state })
    return state
  }

  return {
    read,
    async *watch(projectId) {
      const endsAt = performance.now() + streamMilliseconds
      while (!isEnding() && performance.now() < endsAt) {
        yield await read(projectId)
        await new Promise((resolve) => setTimeout(resolve, everyMilliseconds))
      }
    },
  }
}
