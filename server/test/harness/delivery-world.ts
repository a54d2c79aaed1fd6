import { randomInt } from 'node:crypto'
import type { Carrier } from '../../src/delivery/carrier.ts'
import { createDispatcher, type DispatcherParts } from '../../src/delivery/queue/dispatcher.ts'
import { createRoutes, type Routes } from '../../src/delivery/queue/routes.ts'
import { createProjectTemplates } from '../../src/delivery/texts/project-templates.ts'
import type { Address, Channel } from '../../src/domain/address.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createOutbox } from '../../src/storage/stores/outbox.ts'
import { sampleChallenge } from './sample-challenge.ts'
import { createTestDatabase } from './test-database.ts'

/** The code that the dispatchers of a test make for a challenge. */
export const codeOf = ({ id }: Pick<Challenge, 'id'>): string =>
  `${Number.parseInt(id.slice(-6), 16) % 1_000_000}`.padStart(6, '0')

/** Dispatchers on a real outbox, and challenges for them: delivery without the rest of the server. */
export async function createDeliveryWorld() {
  const db = await createTestDatabase()
  await db.query("insert into quotas (project_id, tokens_granted, tokens_used) values ('shop', null, 0)")
  const stopping: (() => Promise<void>)[] = []
  const silent = () => {}

  return {
    db,
    /** Starts a dispatcher like that of another node. */
    startNode(
      carriers: Partial<Record<Channel, readonly Carrier[]>> | Routes,
      parts: Partial<DispatcherParts> = {},
    ) {
      const routes = 'carriersFor' in carriers ? carriers : createRoutes(carriers)
      const dispatcher = createDispatcher({
        outbox: createOutbox(db.database),
        routes,
        loadTemplates: async () =>
          createProjectTemplates({ name: 'Acme', settings: defaultProjectSettings }, []),
        revealCode: (challenge) => new Secret(codeOf(challenge)),
        log: { debug: silent, info: silent, warn: silent, error: silent },
        pollMilliseconds: 100,
        drainMilliseconds: 500,
        ...parts,
      })
      stopping.push(dispatcher.stop, routes.close)
      dispatcher.start()
      return dispatcher
    },
    /** Commits challenges under a lease, each to a number of its own. */
    async commit(count: number, changes: Partial<Challenge> = {}): Promise<Challenge[]> {
      const [clock] = await db.query<{ now: Date }>('select clock_now() as now')
      const createdAt = clock?.now ?? new Date()
      const challenges = Array.from({ length: count }, () =>
        sampleChallenge({
          createdAt,
          address:
            changes.channel === 'email'
              ? (`u${randomInt(1e12)}@example.test` as Address)
              : (`+22507${randomInt(1e7, 1e8)}` as Address),
          ...changes,
        }),
      )
      await db.query(insertSql, [JSON.stringify(challenges.map(columnsOf))])
      return challenges
    },
    countIn: async (state: string): Promise<number> => {
      const [row] = await db.query<{ count: string }>(
        'select count(*) from challenges where delivery_state = $1',
        [state],
      )
      return Number(row?.count)
    },
    messages: () =>
      db.query<{
        id: string
        carrier: string
        outcome: string
        channel: string
        country: string
        cost: string
      }>(
        "select encode(challenge_id, 'hex') as id, carrier, outcome, channel, country, cost from messages order by 1, attempt",
      ),
    async stop() {
      for (const stop of stopping.splice(0)) await stop()
      await db.drop()
    },
    /** Stops the nodes of one test. */
    async stopNodes() {
      for (const stop of stopping.splice(0)) await stop()
    },
  }
}

const insertSql = `
  insert into challenges (project_id, id, purpose, channel, address, target, content, locale, key_id, tries, tries_max,
    created_at, expires_at, spends_token, delivery_state, leased_until)
  select project_id, id, purpose, channel, address, address, content, locale, 'test', 0, 5, created_at, expires_at, true,
    'queued', created_at + interval '30 seconds'
  from json_to_recordset($1) as i(project_id text, id bytea, purpose text, channel text, address text, content text,
    locale text, created_at timestamptz, expires_at timestamptz)`

const columnsOf = (challenge: Challenge) => ({
  project_id: challenge.projectId,
  id: `\\x${challenge.id}`,
  purpose: challenge.purpose,
  channel: challenge.channel,
  address: challenge.address,
  content: challenge.content,
  locale: challenge.locale,
  created_at: challenge.createdAt,
  expires_at: challenge.expiresAt,
})
