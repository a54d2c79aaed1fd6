import { ClosedProject } from '../engine/ports/closed-project.ts'
import { Unavailable } from '../engine/ports/unavailable.ts'
import type { CrossOrigin } from './cross-origin.ts'
import type { Dialect, Problem } from './dialect.ts'

/** A dialect under the prefix that it answers below: empty, or like `/shop`. */
export type Mount = {
  dialect: Dialect
  prefix: string
  /** Left out where no page of another origin may call it. */
  crossOrigin?: CrossOrigin | null
}

/** Finds the mount whose envelope answers a path: the one with the longest base that contains the path. */
export function createMountFinder(mounts: Mount[], fallback: Mount): (path: string) => Mount {
  const byLength = mounts
    .map((mount) => ({ mount, base: mount.prefix + mount.dialect.basePath }))
    .sort((a, b) => b.base.length - a.base.length)
  const isBelow = (path: string, base: string) =>
    path === base || path.startsWith(base.endsWith('/') ? base : `${base}/`)
  return (path) => byLength.find(({ base }) => isBelow(path, base))?.mount ?? fallback
}

/** The methods that each path answers, for 405 and OPTIONS. */
export type MethodTable = { add(method: string, path: string): void; methodsOf(path: string): string[] }

/** Fastify's router looks up one method at a time; this table lists all methods of a path. */
export function createMethodTable(): MethodTable {
  const fixed = new Map<string, Set<string>>()
  const patterns: { pattern: RegExp; method: string }[] = []

  return {
    add(method, path) {
      if (/:|\/\*$/.test(path)) {
        patterns.push({ pattern: patternOf(path), method })
        return
      }
      const methods = fixed.get(path) ?? new Set()
      fixed.set(path, methods.add(method))
    },
    methodsOf(path) {
      const methods = new Set(fixed.get(path))
      for (const { pattern, method } of patterns) if (pattern.test(path)) methods.add(method)
      if (methods.has('GET')) methods.add('HEAD')
      return [...methods].sort()
    },
  }
}

/** What the paths of a route look like: `:name` is one part of a path, and `*` at its end is any rest. */
const patternOf = (path: string): RegExp => {
  const literal = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replace(/:[^/]+/g, '[^/]+').replace(/\\\*$/, '.*')}$`)
}

/** The path of a request target, without the query and without the origin of the absolute form (RFC 9112). */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
}

/** Classifies what was thrown. Fastify's errors about a request are the caller's; anything unknown is a fault. */
export function problemOf(error: unknown, reference: string): Problem {
  if (error instanceof Unavailable) {
    const retryAfterSeconds = Math.max(1, Math.ceil(error.retryAfterSeconds))
    return { kind: 'unavailable', retryAfterSeconds, reference }
  }
  if (error instanceof ClosedProject) return { kind: 'not-found' }
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return callerProblems[code] ?? { kind: 'fault', reference }
}

const callerProblems: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { kind: 'too-large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { kind: 'unsupported-media-type' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { kind: 'malformed' },
  // A path that cannot be decoded names nothing. Not `malformed`: dialects answer that with a message about the body.
  FST_ERR_BAD_URL: { kind: 'not-found' },
  FST_ERR_MAX_PARAM_LENGTH: { kind: 'not-found' },
  // The caller hung up in the middle of the body: nobody reads the answer, and it is not our fault.
  ECONNRESET: { kind: 'malformed' },
}
