import { type Channel, channels } from './address.ts'
import { objectSchema, wordSchema } from './settings/kinds.ts'
import type { Kind } from './settings/setting.ts'

/** The next step of a send that nobody has verified: the same code by another channel, `afterSeconds` after the send. */
export type FallbackStep = { channel: Channel; afterSeconds: number }

/** The steps for each channel of a send. All of them reach the same phone number, so e-mail has none. */
export type Fallbacks = Partial<Record<Channel, readonly FallbackStep[]>>

const phoneChannels = channels.filter((channel) => channel !== 'email')
const stepsMax = 3
const afterSecondsMin = 5
const afterSecondsMax = 540

const stepSchema = objectSchema({ channel: wordSchema(channels), afterSeconds: { type: 'integer' } })

/** The plans of a project, typed as `whatsapp: sms@30, voice@60; sms: voice@45` with the seconds after the send. */
export const fallbackPlans: Kind<Fallbacks> = {
  takes: `at most ${stepsMax} steps to other channels for each of ${phoneChannels.join(', ')}, each step ${afterSecondsMin} to ${afterSecondsMax} seconds after the send and later than the one before, such as {"whatsapp": [{"channel": "sms", "afterSeconds": 30}]}`,
  parse: parseFallbacks,
  schema: {
    type: 'object',
    properties: Object.fromEntries(
      phoneChannels.map((channel) => [channel, { type: 'array', items: stepSchema }]),
    ),
  },
  typed: {
    takes: `channels of phones with steps of ${afterSecondsMin} to ${afterSecondsMax} seconds after the send, such as "whatsapp: sms@30, voice@60; sms: voice@45", or "none"`,
    read: readPlans,
    write: (plans) => Object.entries(plans).map(writePlan).join('; ') || 'none',
  },
}

/** Undefined for anything that is not such a plan. */
function parseFallbacks(input: unknown): Fallbacks | undefined {
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

/** Each channel once, at increasing times. */
const isPlan = (first: Channel, steps: FallbackStep[]): boolean =>
  new Set([first, ...steps.map(({ channel }) => channel)]).size === steps.length + 1 &&
  steps.every(({ afterSeconds }, index) => afterSeconds > (steps[index - 1]?.afterSeconds ?? 0))

function readPlans(typed: string): unknown {
  if (typed === 'none') return {}
  const plans = typed.split(';').map((plan) => /^\s*([a-z]+)\s*:(.+)$/.exec(plan))
  if (plans.includes(null)) return typed
  return Object.fromEntries(plans.map((plan) => [plan?.[1], (plan?.[2] ?? '').split(',').map(readStep)]))
}

function readStep(typed: string): unknown {
  const [, channel, seconds] = /^\s*([a-z]+)@(\d+)s?\s*$/.exec(typed) ?? []
  return { channel, afterSeconds: Number(seconds) }
}

function writePlan([first, steps]: [string, readonly FallbackStep[]]): string {
  return `${first}: ${steps.map(({ channel, afterSeconds }) => `${channel}@${afterSeconds}`).join(', ')}`
}
