import type { BrakeRule } from '../../domain/brake.ts'
import type { Fallbacks } from '../../domain/fallback.ts'
import type { RateLimit } from '../../domain/project.ts'
import type { TestRecipient } from '../../domain/test-recipient.ts'

/*
 * How the command line spells what the admin API says in JSON. What is spelled otherwise is read as it stands, for the
 * domain to refuse.
 */

/** Two ways between a value and its text: what `write` prints can be typed again. */
export type Spelling = { read: (typed: string) => unknown; write: (value: unknown) => string }

/** The domain has judged every value that is written. */
const spell = <Value>(read: (typed: string) => unknown, write: (value: Value) => string): Spelling => ({
  read,
  write: (value) => write(value as Value),
})

export const text = spell<string>(String, String)
export const wholeNumber = spell<number>((typed) => (/^\d+$/.test(typed) ? Number(typed) : typed), String)
export const amount = spell<number>((typed) => (/^\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed), String)
export const yesOrNo = spell<boolean>(
  (typed) => ({ yes: true, no: false })[typed] ?? typed,
  (value) => (value ? 'yes' : 'no'),
)
export const list = spell<readonly string[]>(
  (typed) => (typed === 'none' ? [] : typed.split(',').map((entry) => entry.trim())),
  (entries) => entries.join(',') || 'none',
)

/** `600/60`: requests in seconds. */
export const rate = spell<RateLimit>(
  (typed) => {
    const [, requests, seconds] = /^(\d+)\/(\d+)s?$/.exec(typed) ?? []
    return requests === undefined ? typed : { requests: Number(requests), windowSeconds: Number(seconds) }
  },
  ({ requests, windowSeconds }) => `${requests}/${windowSeconds}`,
)

/** `200/5/50/5`: sends, percent, surge, factor. */
export const brake = spell<BrakeRule>(
  (typed) => {
    const [, ...numbers] = /^(\d+)\/(\d+)\/(\d+)\/(\d+)$/.exec(typed) ?? []
    const [sends, verifiedPercent, surgeSends, surgeFactor] = numbers.map(Number)
    return numbers.length === 0 ? typed : { sends, verifiedPercent, surgeSends, surgeFactor }
  },
  ({ sends, verifiedPercent, surgeSends, surgeFactor }) =>
    [sends, verifiedPercent, surgeSends, surgeFactor].join('/'),
)

/** `review@example.com=123456@2027-01-31`, several with commas between them. */
export const testRecipients = spell<readonly TestRecipient[]>(
  (typed) => {
    if (typed === 'none') return []
    return typed.split(',').map((entry) => {
      const [, address, code, until] = /^(.+)=([0-9]+)@([^@]+)$/.exec(entry.trim()) ?? []
      return { address, code, until }
    })
  },
  (recipients) =>
    recipients
      .map(({ address, code, until }) => `${address}=${code}@${until.replace('T00:00:00.000Z', '')}`)
      .join(',') || 'none',
)

/** `whatsapp: sms@30, voice@60; sms: voice@45`: the seconds after the send. */
export const fallbacks = spell<Fallbacks>(
  (typed) => {
    if (typed === 'none') return {}
    const plans = typed.split(';').map((plan) => /^\s*([a-z]+)\s*:(.+)$/.exec(plan))
    if (plans.includes(null)) return typed
    const stepsOf = (steps: string) =>
      steps.split(',').map((step) => {
        const [, channel, seconds] = /^\s*([a-z]+)@(\d+)s?\s*$/.exec(step) ?? []
        return { channel, afterSeconds: Number(seconds) }
      })
    return Object.fromEntries(plans.map((plan) => [plan?.[1], stepsOf(plan?.[2] ?? '')]))
  },
  (plans) =>
    Object.entries(plans)
      .map(([first, steps]) => {
        const written = steps.map(({ channel, afterSeconds }) => `${channel}@${afterSeconds}`)
        return `${first}: ${written.join(', ')}`
      })
      .join('; ') || 'none',
)

/** A word of its own for what JSON calls null. */
export const orWord = (word: string, { read, write }: Spelling): Spelling => ({
  read: (typed) => (typed === word ? null : read(typed)),
  write: (value) => (value === null ? word : write(value)),
})

/** The word `any` in place of a value. */
export const orAny = ({ read, write }: Spelling): Spelling => ({
  read: (typed) => (typed === 'any' ? typed : read(typed)),
  write: (value) => (value === 'any' ? value : write(value)),
})
