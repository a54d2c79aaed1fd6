import { afterAll, beforeAll, describe, test } from 'vitest'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { demoAgent, demoBusiness, demoOwner } from '../../harness/phone-people.ts'
import { mishaps } from '../around-routes.ts'
import { playExchange } from '../exchange.ts'
import { type KikapuStep, kikapuExchanges } from './exchanges.ts'

let host: DialectHost
let app: DialectApp

beforeAll(async () => {
  host = await createDialectHost()
  app = await host.startApp({ settings: { region: 'TZ', sendsPerTenMinutes: 5, sendsPerDay: 10 } })
  await host.world.manageAccounts.createBusiness({ projectId: app.project.id, ...demoBusiness })
  await app.addPeople([demoOwner, await demoAgent()])
})
afterAll(() => host.close())

const steps: Record<KikapuStep, () => unknown> = {
  'a minute passes': () => host.world.moveClock(60_000),
  'five minutes pass': () => host.world.moveClock(5 * 60_000),
  'the carriers refuse': async () => {
    await host.world.moveClock(60_000)
    host.world.carrier.outcome = 'failed'
  },
  'the carriers accept': async () => {
    host.world.carrier.outcome = 'accepted'
    // What a dispatcher stores when every carrier has refused.
    await host.world.query(
      "update challenges set delivery_state = 'failed' where id = (select max(id) from challenges)",
    )
  },
  'the agent is disabled': () =>
    host.world.query('update accounts set is_active = false where project_id = $1 and type = $2', [
      app.project.id,
      'AGENT',
    ]),
  ...mishaps(() => app),
}

describe('kikapu answers as its document and its decisions say', () => {
  for (const exchange of kikapuExchanges) {
    test(exchange.name, async () => {
      app.fault.next = null
      if (exchange.before !== undefined) await steps[exchange.before]()
      await playExchange(exchange, { url: app.url, lastCode: (address) => app.lastCode(address) })
    })
  }
})
