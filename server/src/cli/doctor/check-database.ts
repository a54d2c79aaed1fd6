import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuseUndeliverable } from '../../composition/carrier-commands.ts'
import { judgeConnections } from '../../composition/judge-connections.ts'
import { type JudgedStores, judgeDatabase } from '../../composition/judge-database.ts'
import type { Config } from '../../config/config.ts'
import type { DatabaseConfig } from '../../config/load-database-config.ts'
import { settings } from '../../config/settings.ts'
import { dialects } from '../../dialects/index.ts'
import { type Capacity, readCapacity } from '../../storage/postgres/capacity.ts'
import type { Database } from '../../storage/postgres/database.ts'
import { findBinaries } from '../../storage/postgres/embedded/postgres-binaries.ts'
import { listMigrations } from '../../storage/postgres/migrate.ts'
import { openDatabase } from '../../storage/postgres/open-database.ts'
import { createCarrierStore } from '../../storage/stores/carriers.ts'
import { createInstallationStore } from '../../storage/stores/installation.ts'
import { createProjectStore } from '../../storage/stores/projects.ts'
import { createRouteStore } from '../../storage/stores/routes.ts'
import { createTextStore } from '../../storage/stores/texts.ts'
import { describeFailure } from '../terminal/describe-failure.ts'
import { type Finding, findingOfIssue, findingsOf } from './finding.ts'

const clockSecondsMax = 5
/** Of a node whose setting cannot be read. */
const connectionsDefault = Number(settings.DATABASE_CONNECTIONS.default)

/**
 * Checks the configured database without changing it: the schema stays as it is. Without a configuration that a server would
 * start with, only the database itself is checked.
 */
export async function checkDatabase(
  { databaseUrl, dataDirectory }: DatabaseConfig,
  config: Config | null,
): Promise<Finding[]> {
  const { ok, fail } = findingsOf('Database')
  const isEmbedded = databaseUrl === null
  if (isEmbedded && !existsSync(join(dataDirectory, 'postgres-state', 'place.json')))
    return [checkBinaries(), ...(config === null ? [] : await judge(config, nothingStored))]

  const pooler = databaseUrl === null ? [] : await judgeConnections(databaseUrl)
  if (pooler.length > 0) return pooler.map((issue) => findingOfIssue('Database', issue))
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
      ...checkServer(facts, await readCapacity(database, config?.databaseConnections ?? connectionsDefault)),
      ...(await checkSchema(database, facts, config)),
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
    current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as is_durable,
    coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
    to_regclass('migrations') is not null as has_schema,
    clock_timestamp() as now`

function checkServer(facts: Facts, capacity: Capacity): Finding[] {
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
  findings.push(checkCapacity(capacity))

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
function checkCapacity({ nodes, text, remedy }: Capacity): Finding {
  const { ok, warn, fail } = findingsOf('PostgreSQL')
  if (nodes === 0) return fail(text, remedy)
  return nodes === 1 ? warn(text, remedy) : ok(text)
}

/** Once the schema exists, a server works with a user who may create nothing, as docs/audit.md makes one. */
async function checkSchema(
  database: Database,
  { has_schema, may_create }: Facts,
  config: Config | null,
): Promise<Finding[]> {
  const { ok, warn, fail } = findingsOf('Schema')
  const known = (await listMigrations()).at(-1)?.number ?? 0
  const asOwner =
    'Run "watchword migrate" as the owner of the schema: the user of DATABASE_URL may create nothing.'
  if (!has_schema)
    return [
      may_create ? ok('will be made at the first start') : fail('there is none yet', asOwner),
      ...(config === null ? [] : await judge(config, nothingStored)),
    ]
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
      ...(config === null ? [] : await checkStored(config, database)),
    ]
  return [
    may_create
      ? warn(`version ${newest} of ${known}`, 'Run "watchword migrate", or start the server, which does it.')
      : fail(`version ${newest} of ${known}`, asOwner),
  ]
}

/** What is stored, against this configuration: by what the start of a node judges it. */
async function checkStored(config: Config, database: Database): Promise<Finding[]> {
  const issues = await judge(config, {
    projects: createProjectStore(database),
    installation: createInstallationStore(database),
  })
  try {
    await refuseUndeliverable(config, {
      carriers: createCarrierStore(database),
      routes: createRouteStore(database),
      texts: createTextStore(database),
    })
    return issues
  } catch (error) {
    const { message } = describeFailure(error)
    return [...issues, findingsOf('Texts, routes').fail(message, 'Correct them as the message says.')]
  }
}

async function judge(config: Config, { projects, installation }: JudgedStores): Promise<Finding[]> {
  // Development makes its secret at the first start, and its doctor has none to compare.
  const { fingerprints } = config.mode === 'development' ? nothingStored.installation : installation
  const { isDevelopment } = installation
  const issues = await judgeDatabase(
    config,
    { projects, installation: { fingerprints, isDevelopment } },
    { manifests: dialects, withProjects: false },
  )
  return issues.map((issue) =>
    findingOfIssue(issue.where === 'WATCHWORD_SECRET' ? 'Secret' : 'Configuration', issue),
  )
}

/** A database without a schema. */
const nothingStored: JudgedStores = {
  projects: { list: async () => [] },
  installation: {
    fingerprints: async () => ({ current: null, previous: null }),
    isDevelopment: async () => false,
  },
}
