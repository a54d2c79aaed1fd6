import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { playExchange, type Recorded } from './exchange.ts'
import { documentedKikapu } from './kikapu/exchanges.ts'
import { documentedMobile } from './mobile/exchanges.ts'

/*
 * The documents' examples against the whole server as `npm start` runs it, with its demo people and its inbox.
 */

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

describe.each<[string, Recorded[]]>([
  ['kikapu', documentedKikapu],
  ['mobile', documentedMobile],
])('in development %s answers its document', (_name, exchanges) => {
  test.each(exchanges)('$name', (exchange) =>
    playExchange(exchange, { url: app.url, lastCode: (address) => app.inbox.lastCode(address) }),
  )
})
