import { type EventType, webhookEventTypes } from './event.ts'

/** Parses the URL of a webhook; null for anything else. A password in it would show up in lists and exports. */
export function parseWebhookUrl(text: string): string | null {
  if (text.length > 2_000 || !URL.canParse(text)) return null
  const { protocol, username, password, hash, href } = new URL(text)
  const isPlain = username === '' && password === '' && hash === ''
  return isPlain && (protocol === 'https:' || protocol === 'http:') ? href : null
}

/** True for a type that webhooks may subscribe to. */
export const isWebhookEventType = (text: string): text is EventType =>
  webhookEventTypes.some((type) => type === text)

/** Seconds from one attempt to the next: from five seconds to a day, about three days in all. */
const waits = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 57_600, 86_400]

/** The longest that a receiver may ask us to wait. */
const askedMax = 86_400

/**
 * Seconds until the next attempt after `attempts` that failed, or null after the last. `chance` from 0 to 1 spreads them by a
 * tenth either way, so that a receiver that recovers does not get all of them at once.
 */
export function webhookWait(attempts: number, chance: number, askedSeconds: number | null): number | null {
  const wait = waits[attempts - 1]
  if (wait === undefined) return null
  return Math.max(wait * (0.9 + chance / 5), Math.min(askedMax, askedSeconds ?? 0))
}
