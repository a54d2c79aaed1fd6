import { afterAll, beforeAll, describe, test } from 'vitest'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { mishaps } from '../around-routes.ts'
import { playExchange } from '../exchange.ts'
import { type MobileStep, mobileExchanges } from './exchanges.ts'

let host: DialectHost
let app: DialectApp

beforeAll(async () => {
  host = await createDialectHost()
  app = await host.startApp({ settings: { region: 'IN', sendsPerTenMinutes: 5, sendsPerDay: 10 } })
})
afterAll(() => host.close())

const steps: Record<MobileStep, () => unknown> = {
  'ten minutes pass': () => host.world.moveClock(10 * 60_000),
  ...mishaps(() => app),
}

describe('mobile answers as its document and its decisions say', () => {
  for (const exchange of mobileExchanges) {
    test(exchange.name, async () => {
      app.fault.next = null
      if (exchange.before !== undefined) await steps[exchange.before]()
      await playExchange(exchange, { url: app.url, lastCode: (address) => app.lastCode(address) })
    })
  }
})
