import { type Channel, channels } from './address.ts'

/** What a send that nobody has verified does next: the same code by another channel, so long after the send. */
export type FallbackStep = { channel: Channel; afterSeconds: number }

/** The steps for each channel that a send may name. All of them reach the same phone number, so e-mail has none. */
export type Fallbacks = Partial<Record<Channel, readonly FallbackStep[]>>

const phoneChannels = channels.filter((channel) => channel !== 'email')
const stepsMax = 3
const afterSecondsMin = 5
const afterSecondsMax = 540

/** What the parser takes, as the end of a sentence. */
export const fallbacksExpected = `must be, for ${phoneChannels.join(', ')}, at most ${stepsMax} steps to other channels, each ${afterSecondsMin} to ${afterSecondsMax} seconds after the send and later than the one before, such as {"whatsapp": [{"channel": "sms", "afterSeconds": 30}]}`

/** Undefined for what is no such plan. */
export function parseFallbacks(input: unknown): Fallbacks | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined
  const fallbacks: Fallbacks = {}
  for (const [name, value] of Object.entries(input)) {
    const first = phoneChannels.find((channel) => channel === name)
    if (first === undefined || !Array.isArray(value) || value.length > stepsMax) return undefined
    const steps = value.map(parseStep)
    if (!steps.every((step) => step !== null) || !isPlan(first, steps)) return undefined
    if (steps.length > 0) fallbacks[first] = steps
  }
  return fallbacks
}

function parseStep(input: unknown): FallbackStep | null {
  const { channel: name, afterSeconds, ...others } = Object(input)
  const channel = phoneChannels.find((known) => known === name)
  const isMoment =
    Number.isInteger(afterSeconds) && afterSeconds >= afterSecondsMin && afterSeconds <= afterSecondsMax
  return channel === undefined || !isMoment || Object.keys(others).length > 0
    ? null
    : { channel, afterSeconds }
}

/** Each channel once, and one after the other. */
const isPlan = (first: Channel, steps: FallbackStep[]): boolean =>
  new Set([first, ...steps.map(({ channel }) => channel)]).size === steps.length + 1 &&
  steps.every(({ afterSeconds }, index) => afterSeconds > (steps[index - 1]?.afterSeconds ?? 0))
