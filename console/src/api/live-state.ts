import { useEffect, useState } from 'react'
import { urlOf } from './request.ts'

/** Something that is wrong right now. `about` is what its sentence is made of. */
export type Problem = {
  kind: string
  projectId: string | null
  since: string | null
  sentence: string
  remedy: string
  about: Record<string, string | number | null>
}

export type LiveState = { at: string; isWell: boolean; problems: Problem[] }

export type Watched = {
  /** Null before the first word of the server. */
  state: LiveState | null
  /** When the server last said something. */
  heardAt: Date | null
  isLive: boolean
}

/** What the server says is wrong, whenever it changes: of one project, or of the whole server for null. */
export function useLiveState(projectId: string | null): Watched {
  const [watched, setWatched] = useState<Watched>(unheard)
  useEffect(() => {
    setWatched(unheard)
    const place = projectId === null ? 'state' : `projects/${projectId}/state`
    const source = new EventSource(urlOf(`admin/v1/${place}/stream`))
    source.addEventListener('state', ({ data }: MessageEvent<string>) =>
      setWatched({ state: JSON.parse(data) as LiveState, heardAt: new Date(), isLive: true }),
    )
    // The server ends the stream now and then, and the browser asks again: only what stays away is not live.
    let timer: ReturnType<typeof setTimeout> | undefined
    source.onopen = () => clearTimeout(timer)
    source.onerror = () => {
      clearTimeout(timer)
      timer = setTimeout(
        () => setWatched((before) => ({ ...before, isLive: false })),
        source.readyState === EventSource.CLOSED ? 0 : patienceMilliseconds,
      )
    }
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [projectId])
  return watched
}

const unheard: Watched = { state: null, heardAt: null, isLive: true }
const patienceMilliseconds = 10_000
