import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/storage/postgres/embedded/embedded-postgres.ts'
import { until } from '../../harness/until.ts'
import { killPostgres } from './kill-postgres.ts'
import { startPostgresProxy } from './postgres-proxy.ts'

/**
 * A primary and a standby that has what the primary has before any commit is answered, and one address for both, as Patroni
 * and a proxy before it give. `stop` ends all three.
 */
export type PostgresPair = EmbeddedPostgres & {
  /**
   * Kills the primary, which comes back as a standby: that much is left of it when somebody else leads. The address still
   * leads there.
   */
  losePrimary: () => Promise<void>
  /** Makes the standby the primary, and leads new connections to it. */
  promoteStandby: () => Promise<void>
  /** Ends the connections that are left to the server that was the primary. */
  dropConnections: () => Promise<void>
}

/** Starts them in two directories below the one given. */
export async function startPostgresPair({ dataDirectory }: { dataDirectory: string }): Promise<PostgresPair> {
  const [first, second] = [join(dataDirectory, 'first'), join(dataDirectory, 'second')]
  // A cluster at rest can simply be copied.
  await (await startEmbeddedPostgres({ dataDirectory: first })).stop()
  mkdirSync(second, { mode: 0o700 })
  execFileSync('cp', ['-a', clusterIn(first), clusterIn(second)])

  const primary = await startEmbeddedPostgres({ dataDirectory: first })
  makeStandby(second)
  const followed = new URLSearchParams(primary.connectionString.split('?')[1]).get('host')
  appendFileSync(
    join(clusterIn(second), 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${followed} user=watchword'\n`,
  )
  const standby = await startEmbeddedPostgres({ dataDirectory: second })
  await run(primary, "alter system set synchronous_standby_names = '*'")
  await run(primary, 'select pg_reload_conf()')
  await until(() =>
    isTrue(primary, "select exists(select from pg_stat_replication where sync_state = 'sync')"),
  )

  const proxy = await startPostgresProxy(primary.connectionString)
  return {
    connectionString: proxy.connectionString,
    async losePrimary() {
      makeStandby(first)
      killPostgres(first)
      await until(() => isTrue(primary, 'select pg_is_in_recovery()'))
    },
    async promoteStandby() {
      await run(standby, 'select pg_promote()')
      proxy.leadTo(standby.connectionString)
    },
    async dropConnections() {
      await proxy.refuse()
      await proxy.listen()
    },
    async stop() {
      await proxy.stop()
      await Promise.all([primary.stop(), standby.stop()])
    },
  }
}

const clusterIn = (dataDirectory: string): string => join(dataDirectory, 'postgres')

/** What PostgreSQL looks for at its start (PostgreSQL, 26.2.4). A server that runs already goes on as what it is. */
const makeStandby = (dataDirectory: string): void =>
  writeFileSync(join(clusterIn(dataDirectory), 'standby.signal'), '')

async function run({ connectionString }: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query({ text: sql, rowMode: 'array' }).finally(() => client.end())
  return rows
}

/** False, too, while the server cannot be reached. */
const isTrue = (server: EmbeddedPostgres, sql: string): Promise<boolean> =>
  run(server, sql).then(
    ([row]) => (row as unknown[])[0] === true,
    () => false,
  )
