import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../src/composition/version.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'

/*
 * What Prometheus reads, by the rules of its text format and of `promtool check metrics`.
 */

let app: TestApp
let samples: Sample[]
let families: Map<string, Family>
beforeAll(async () => {
  app = await startTestApp({ env: { DATABASE_CONNECTIONS: '7' } })
  const body = { target: 'ada@example.test', channel: 'email' }
  await app.post('/api/v1/otp/send', body, app.serviceHeaders)
  await app.post('/api/v1/otp/verify', { target: 'ada@example.test', code: '000000' }, app.serviceHeaders)
  ;({ samples, families } = readExposition((await app.get('/metrics')).body))
})
afterAll(() => app?.stop())

type Sample = { name: string; labels: Record<string, string>; value: number; family: string }
type Family = { type: string; help: string }

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/gy

/** Reads the text format 0.0.4 strictly: whatever it does not know is an error. */
function readExposition(text: string) {
  expect(text.endsWith('\n')).toBe(true)
  const families = new Map<string, Family>()
  const samples: Sample[] = []
  let current = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const about = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (about !== null) {
      const [, kind, name = '', rest = ''] = about
      if (kind === 'HELP') {
        // All lines of a family are together, and none comes twice.
        expect([name, families.has(name)]).toEqual([name, false])
        families.set(name, { help: rest, type: '' })
      } else {
        expect(rest).toMatch(/^(counter|gauge|histogram|summary|untyped)$/)
        families.set(name, { ...(families.get(name) as Family), type: rest })
      }
      current = name
      continue
    }
    const [, name = '', inner = '', value = ''] = sampleLine.exec(line) ?? []
    expect([line, name]).toEqual([line, expect.stringMatching(/./)])
    label.lastIndex = 0
    const labels: Record<string, string> = {}
    for (let at = 0; at < inner.length; at = label.lastIndex) {
      const found = label.exec(inner)
      if (found === null) throw new Error(`the labels of ${line}`)
      labels[found[1] ?? ''] = found[2] ?? ''
    }
    const isNumber = /^([+-]?Inf|NaN)$/.test(value) || Number.isFinite(Number(value))
    expect([line, isNumber, name.startsWith(current)]).toEqual([line, true, true])
    samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')), family: current })
  }
  return { samples, families }
}

const sampleOf = (name: string, labels: Record<string, string> = {}) =>
  samples.find((sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels))
    ?.value

describe('by the rules of promtool', () => {
  test('counters end in _total, and nothing else does', () => {
    const wrong = [...families].filter(([name, { type }]) => (type === 'counter') !== name.endsWith('_total'))
    expect(wrong).toEqual([])
  })

  test('every family has a type, a help text and a name in base units', () => {
    expect([...families].filter(([, { type, help }]) => type === '' || help === '')).toEqual([])
    const names = [...families.keys()]
    expect(
      names.filter((name) => /_(milliseconds|ms|minutes|hours|kilobytes|kb|mb|percent)(_|$)/.test(name)),
    ).toEqual([])
    expect(names.filter((name) => /[A-Z:]|_(gauge|counter|histogram|summary)(_|$)/.test(name))).toEqual([])
    const suffixed = names.filter((name) => /_(count|sum|bucket)$/.test(name))
    expect(suffixed).toEqual([])
  })

  test('a histogram has its sum, its count, and buckets that end in all of it', () => {
    const histograms = [...families].filter(([, { type }]) => type === 'histogram').map(([name]) => name)
    expect(histograms).toContain('watchword_http_request_duration_seconds')
    for (const name of histograms) {
      const counts = samples.filter((sample) => sample.name === `${name}_count`)
      for (const { labels, value } of counts) {
        const rest = Object.entries(labels)
        const buckets = samples.filter(
          (sample) =>
            sample.name === `${name}_bucket` && rest.every(([key, text]) => sample.labels[key] === text),
        )
        const values = buckets.map((bucket) => bucket.value)
        expect([name, values]).toEqual([name, [...values].sort((a, b) => a - b)])
        expect(buckets.at(-1)).toMatchObject({ value, labels: { le: '+Inf' } })
      }
    }
  })

  test('no sample comes twice', () => {
    const keys = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    expect(keys.length).toBe(new Set(keys).size)
  })
})

describe('an operator reads', () => {
  test('which version runs', () => {
    expect(sampleOf('watchword_build_info', { version })).toBe(1)
  })

  test('how many connections there may be, are open and are waited for', () => {
    expect(sampleOf('watchword_database_connections_max', { pool: 'general' })).toBe(7)
    expect(sampleOf('watchword_database_connections_max', { pool: 'batches' })).toBe(4)
    for (const pool of ['general', 'batches']) {
      const open = sampleOf('watchword_database_connections_open', { pool }) ?? Number.NaN
      expect(open).toBeGreaterThan(0)
      expect(sampleOf('watchword_database_connections_in_use', { pool })).toBeLessThanOrEqual(open)
      expect(sampleOf('watchword_database_connections_awaited', { pool })).toBe(0)
    }
  })

  test('how much waits to be sent and since when, also at a node that has sent nothing', async () => {
    const [project] = await app.db.query<{ id: string }>('select id from projects limit 1')
    // Nobody else writes to it any more.
    await until(async () => {
      const queued = await app.db.query("select from challenges where delivery_state = 'queued'")
      return queued.length === 0
    })
    await app.db.query(
      `update challenges set delivery_state = 'queued', leased_until = clock_now() + interval '1 hour',
        created_at = clock_now() - interval '90 seconds'`,
    )
    await app.db.query(
      `insert into webhook_endpoints (project_id, id, url, event_types, is_enabled, secret)
      select $1, id, 'https://hooks.example.test', '{}', id = 'WHK_some', '' from unnest(array['WHK_some', 'WHK_off']) as id`,
      [project?.id],
    )
    // Those of a webhook that is off wait for nothing.
    await app.db.query(
      `insert into webhook_deliveries (project_id, event_id, endpoint_id, next_at)
      select $1, event_id(clock_now() - age), endpoint, clock_now() + interval '1 hour'
      from generate_series(1, 3), (values ('WHK_some', interval '2 hours'), ('WHK_off', interval '9 hours')) as e (endpoint, age)`,
      [project?.id],
    )
    const second = await app.startSecondNode()
    ;({ samples, families } = readExposition((await second.get('/metrics')).body))
    await second.stop()
    expect(sampleOf('watchword_messages_waiting')).toBe(1)
    expect(Math.round((sampleOf('watchword_messages_oldest_seconds') ?? 0) / 30)).toBe(3)
    expect(sampleOf('watchword_webhooks_waiting')).toBe(3)
    expect(Math.round((sampleOf('watchword_webhooks_oldest_seconds') ?? 0) / 600)).toBe(12)
  })
})
