import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { playExchange } from '../exchange.ts'
import { type CitizenStep, citizenExchanges } from './exchanges.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const steps: Record<CitizenStep, () => Promise<unknown>> = {
  'five minutes pass': () => app.moveClock(5 * 60_000),
  'an hour passes': () => app.moveClock(3_600_000),
  'a day passes': () => app.moveClock(24 * 3_600_000),
  'the challenges are gone': () => app.db.query('alter table challenges rename to challenges_away'),
  'the challenges are back': () => app.db.query('alter table challenges_away rename to challenges'),
}

describe('citizen answers as its document and its decisions say', () => {
  for (const exchange of citizenExchanges) {
    test(exchange.name, async () => {
      if (exchange.before !== undefined) await steps[exchange.before]()
      await playExchange(exchange, { url: app.url, lastCode: app.inbox.lastCode })
    })
  }
})
