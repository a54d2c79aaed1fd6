import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { playExchange } from '../exchange.ts'
import { type ServiceStep, serviceExchanges } from './exchanges.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const steps: Record<ServiceStep, () => Promise<unknown>> = {
  'five minutes pass': () => app.moveClock(5 * 60_000),
  'an hour passes': () => app.moveClock(3_600_000),
  'the tokens are spent': () => app.changeProject(app.projects.service, { tokensGranted: 0 }),
  'tokens are granted': () => app.changeProject(app.projects.service, { tokensGranted: 1000 }),
  'tokens are unlimited': () => app.changeProject(app.projects.service, { tokensGranted: null }),
  'one request a minute is allowed': () => limitTo(1),
  'the limit is usual again': () => limitTo(600),
  'there is a cool-down': () => coolDown(60),
  'there is no cool-down': () => coolDown(0),
  'the challenges are gone': () => app.db.query('alter table challenges rename to challenges_away'),
  'the challenges are back': () => app.db.query('alter table challenges_away rename to challenges'),
}

const limitTo = async (requests: number) => {
  await app.db.query("delete from limits where scope = 'requests'")
  await app.changeProject(app.projects.service, { settings: { rateLimit: { requests, windowSeconds: 60 } } })
}

const coolDown = (cooldownSeconds: number) =>
  app.changeProject(app.projects.service, { settings: { cooldownSeconds } })

describe('service answers as its document and its decisions say', () => {
  for (const exchange of serviceExchanges) {
    test(exchange.name, async () => {
      if (exchange.before !== undefined) await steps[exchange.before]()
      const { url, apiKey, inbox, projects } = app
      const headers = { 'x-api-key': '<key>', 'x-project-id': projects.service }
      await playExchange(exchange, { url, apiKey, lastCode: inbox.lastCode }, { headers })
    })
  }
})
