/* Figures that look like real ones and never change, so that pictures of the page can be compared. */

export type SampleCode = {
  id: string
  channel: string
  state: 'delivered' | 'lost' | 'unknown'
  seconds: number | null
  sentAt: string
}

export const sampleMoment = '2030-01-31T08:00:00.000Z'
const startMilliseconds = Date.parse(sampleMoment)
const states = ['delivered', 'delivered', 'delivered', 'lost', 'unknown'] as const
const channels = ['sms', 'email', 'whatsapp'] as const

const at = <Entry>(list: readonly Entry[], index: number): Entry => list[index % list.length] as Entry

export const sampleCodes: SampleCode[] = Array.from({ length: 5000 }, (_, index) => ({
  id: `C${String((index * 7919) % 5000).padStart(4, '0')}`,
  channel: at(channels, index),
  state: at(states, index),
  seconds: index % 5 > 2 ? null : ((index * 37) % 600) / 10,
  sentAt: new Date(startMilliseconds - index * 1000).toISOString(),
}))

export const sampleTimes = Array.from(
  { length: 48 },
  (_, hour) => new Date(startMilliseconds + hour * 3_600_000),
)
const wave = (hour: number) => Math.round(700 + 500 * Math.sin(((hour - 8) / 24) * 2 * Math.PI))
export const sampleSeries = {
  sent: sampleTimes.map((_, hour) => wave(hour)),
  verified: sampleTimes.map((_, hour) => Math.round(wave(hour) * 0.81)),
}
