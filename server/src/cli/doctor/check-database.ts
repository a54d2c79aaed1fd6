import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unknownSecret } from '../../composition/admit-node.ts'
import type { DatabaseConfig } from '../../config/load-database-config.ts'
import type { Secret } from '../../domain/secret.ts'
import { isKnownSecret } from '../../engine/operations/master-secret.ts'
import type { Database } from '../../storage/postgres/database.ts'
import { findBinaries } from '../../storage/postgres/embedded/postgres-binaries.ts'
import { listMigrations } from '../../storage/postgres/migrate.ts'
import { openDatabase } from '../../storage/postgres/open-database.ts'
import { createInstallationStore } from '../../storage/stores/installation.ts'
import { describeFailure } from '../terminal/describe-failure.ts'
import { type Finding, findingsOf } from './finding.ts'

/** Connections of one node: ten for everything, four for the batches. */
const connectionsPerNode = 14
/** Four batches of 128 requests in flight, each with an address, its limits and perhaps a key. */
const locksPerNode = 4 * 128 * 4
const clockSecondsMax = 5

/** Checks the configured database without changing it: the schema stays as it is. */
export async function checkDatabase(
  { databaseUrl, dataDirectory }: DatabaseConfig,
  secrets: { current: Secret; previous: Secret | null } | null,
): Promise<Finding[]> {
  const { ok, fail } = findingsOf('Database')
  const isEmbedded = databaseUrl === null
  if (isEmbedded && !existsSync(join(dataDirectory, 'postgres-state', 'place.json'))) return [checkBinaries()]

  let database: Database | null = null
  try {
    database = await openDatabase({
      databaseUrl: databaseUrl?.reveal() ?? null,
      dataDirectory,
      log: () => {},
    })
    const facts = await readFacts(database)
    return [
      ok(`PostgreSQL ${facts.version}${isEmbedded ? ' of its own' : ' of DATABASE_URL'} answers`),
      ...checkServer(facts),
      ...(await checkSchema(database, facts, secrets)),
    ]
  } catch (error) {
    const remedy = isEmbedded
      ? `Look at ${join(dataDirectory, 'postgres.log')}.`
      : 'Correct DATABASE_URL, start PostgreSQL, or let this machine through to it.'
    return [fail(describeFailure(error).message, remedy)]
  } finally {
    await database?.close()
  }
}

function checkBinaries(): Finding {
  const { ok, fail } = findingsOf('Database')
  const spare = mkdtempSync(join(tmpdir(), 'watchword-doctor-'))
  try {
    return ok(
      `PostgreSQL ${findBinaries(undefined, spare).version} of its own will be set up at the first start`,
    )
  } catch (error) {
    return fail(describeFailure(error).message, 'Name a PostgreSQL 15 or later with DATABASE_URL.')
  } finally {
    rmSync(spare, { recursive: true, force: true })
  }
}

type Facts = {
  version: string
  version_number: number
  max_connections: number
  max_locks: number
  is_durable: boolean
  may_create: boolean
  has_schema: boolean
  clock_seconds: number
}

async function readFacts(database: Database): Promise<Facts> {
  // The first statement opens the connection, and that time must not count as a difference between the clocks.
  await database.query('doctor-hello', 'select 1')
  const before = Date.now()
  const [row] = await database.query<Omit<Facts, 'clock_seconds'> & { now: Date }>('doctor-facts', factsSql)
  if (row === undefined) throw new Error('the database answers nothing')
  const ours = (before + Date.now()) / 2
  return { ...row, clock_seconds: Math.abs(row.now.getTime() - ours) / 1000 }
}

const factsSql = `
  select split_part(current_setting('server_version'), ' ', 1) as version,
    current_setting('server_version_num')::integer as version_number,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
      as max_connections,
    current_setting('max_locks_per_transaction')::integer
      * (current_setting('max_connections')::integer + current_setting('max_prepared_transactions')::integer)
      as max_locks,
    current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as is_durable,
    coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
    to_regclass('migrations') is not null as has_schema,
    clock_timestamp() as now`

function checkServer(facts: Facts): Finding[] {
  const server = findingsOf('PostgreSQL')
  const clock = findingsOf('Clock')
  const findings: Finding[] = []
  if (facts.version_number < 150_000)
    findings.push(server.fail(`version ${facts.version} is too old`, 'Upgrade to PostgreSQL 15 or later.'))
  if (!facts.is_durable)
    findings.push(
      server.warn(
        'it answers before its writes are on the disk',
        'Set fsync = on and synchronous_commit = on, or spent codes may come back after a crash.',
      ),
    )
  findings.push(checkCapacity(facts))

  const difference = `${facts.clock_seconds.toFixed(1)} s between the clocks of this machine and the database`
  findings.push(
    facts.clock_seconds <= clockSecondsMax
      ? clock.ok(difference)
      : clock.warn(
          difference,
          "Synchronize both with NTP. Codes follow the database's clock; logs and the expiry of keys do not.",
        ),
  )
  return findings
}

/** How many nodes the connections and the lock table are enough for. */
function checkCapacity({ max_connections: connections, max_locks: locks }: Facts): Finding {
  const { ok, warn, fail } = findingsOf('PostgreSQL')
  const nodes = Math.min(Math.floor(connections / connectionsPerNode), Math.floor(locks / locksPerNode))
  const text = `${connections} connections and ${locks} locks are enough for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
  const remedy = `A node needs ${connectionsPerNode} connections and ${locksPerNode} locks: raise max_connections or max_locks_per_transaction.`
  if (nodes === 0) return fail(text, remedy)
  return nodes === 1 ? warn(text, remedy) : ok(text)
}

/** Once the schema exists, a server works with a user who may create nothing, as docs/audit.md makes one. */
async function checkSchema(
  database: Database,
  { has_schema, may_create }: Facts,
  secrets: Parameters<typeof checkDatabase>[1],
): Promise<Finding[]> {
  const { ok, warn, fail } = findingsOf('Schema')
  const known = (await listMigrations()).at(-1)?.number ?? 0
  const asOwner =
    'Run "watchword migrate" as the owner of the schema: the user of DATABASE_URL may create nothing.'
  if (!has_schema)
    return [may_create ? ok('will be made at the first start') : fail('there is none yet', asOwner)]
  const [row] = await database.query<{ newest: number | null }>(
    'doctor-schema',
    'select max(number) as newest from migrations',
  )
  const newest = row?.newest ?? 0
  if (newest > known)
    return [
      fail(
        `version ${newest} is newer than this Watchword, which knows ${known}`,
        'Run the newer Watchword that made it.',
      ),
    ]
  if (newest === known)
    return [
      ok(`version ${newest}, up to date`),
      ...(secrets === null ? [] : await checkSecret(database, secrets)),
    ]
  return [
    may_create
      ? warn(`version ${newest} of ${known}`, 'Run "watchword migrate", or start the server, which does it.')
      : fail(`version ${newest} of ${known}`, asOwner),
  ]
}

/** A node with another secret would refuse right codes until addresses are locked, so it does not start. */
async function checkSecret(
  database: Database,
  secrets: NonNullable<Parameters<typeof checkDatabase>[1]>,
): Promise<Finding[]> {
  const { read, remedy, where } = unknownSecret
  if (await isKnownSecret(createInstallationStore(database), secrets)) return []
  return [findingsOf('Secret').fail(`${where} is ${read}`, remedy)]
}
