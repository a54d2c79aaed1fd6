import type { FileKey } from '../domain/mount-option.ts'
import { defaultSessionLife, type SessionLife, sessionLifeBounds } from '../domain/session-life.ts'

const names = Object.keys(sessionLifeBounds) as (keyof SessionLife)[]

/** The key of a mount that says how long the sessions live that it opens. */
export const sessionsKey: FileKey = {
  sentence:
    'How long sessions live that it opens: an access token, a session that is not refreshed, and a session in all. A shorter life also holds for sessions that exist.',
  expected: names.map((name) => `${name} from ${sessionLifeBounds[name].join(' to ')}`).join(', '),
  example: 'sessions: {accessTokenSeconds: 300, idleSeconds: 1800, lifeSeconds: 43200}',
  default: names.map((name) => `${name} ${defaultSessionLife[name]}`).join(', '),
}

type Report = (place: string, read: unknown, remedy: string) => void

/** Reads the life of a mount's sessions. What is wrong is reported, and counts as not written. */
export function readSessionLife(value: unknown, report: Report): SessionLife {
  if (value === undefined || value === null) return defaultSessionLife
  if (typeof value !== 'object' || Array.isArray(value)) {
    report('sessions', value, 'Write its keys below each other.')
    return defaultSessionLife
  }
  for (const [name, given] of Object.entries(value)) {
    const remedy = remedyFor(name, given)
    if (remedy === null) continue
    report(`sessions.${name}`, given, remedy)
    return defaultSessionLife
  }
  const life = completeLife(value)
  if (life.idleSeconds >= life.accessTokenSeconds && life.lifeSeconds >= life.idleSeconds) return life
  const remedy =
    'Order them: an access token lives no longer than an idle session, and an idle session no longer than any.'
  report('sessions', value, remedy)
  return defaultSessionLife
}

/** What is not named has the default, or less where the session could not live so long. */
function completeLife(given: Partial<SessionLife>): SessionLife {
  const { lifeSeconds = defaultSessionLife.lifeSeconds } = given
  const { idleSeconds = Math.min(defaultSessionLife.idleSeconds, lifeSeconds) } = given
  const { accessTokenSeconds = Math.min(defaultSessionLife.accessTokenSeconds, idleSeconds) } = given
  return { accessTokenSeconds, idleSeconds, lifeSeconds }
}

function remedyFor(name: string, value: unknown): string | null {
  const bounds = sessionLifeBounds[name as keyof SessionLife] as readonly [number, number] | undefined
  if (bounds === undefined) return `Rename or remove it: there are ${names.join(', ')}.`
  const [min, max] = bounds
  const isWithin = Number.isInteger(value) && (value as number) >= min && (value as number) <= max
  return isWithin ? null : `Write whole seconds, from ${min} to ${max}.`
}
