import { createRequire } from 'node:module'
import { headersOf } from './bench-server.mjs'
import { openConnection } from './raw-client.mjs'
import { addressOf, checkBodies, paths } from './service-load.mjs'

const require = createRequire(new URL('../server/package.json', import.meta.url))
const pg = require('pg')

/*
 * Fills a project with records of past days and of today, which no server could write in reasonable time. Each is a copy of a
 * row that the server itself has written, with an id, an address and a time of its own, so this file knows nothing of the
 * other columns.
 */

/** Of ten records six are verified e-mails, two are e-mails and two WhatsApp messages that nobody verified. */
const kindsOfTen = [
  ...['verified', 'unverified', 'whatsapp', 'verified', 'verified'],
  ...['verified', 'unverified', 'whatsapp', 'verified', 'verified'],
]
const rowsPerStatement = 50_000

/** The address of record `n`: spread over the index, as those of real people are. The SQL below makes the same. */
const addressSql = `case when t.channel = 'email' then left(md5(n::text), 10) || '.' || n || '@example.test'
  else '+1' || lpad(((n * 2654435761) % 10000000000)::text, 10, '0') end`

/** Connects to the database of a bench server, to fill it and to look into it. */
export async function openDatabase(server, database) {
  const client = new pg.Client({ connectionString: server.connectionString(database) })
  await client.connect()
  return client
}

/**
 * Adds the records numbered from `from` to `until`, the latter excluded, spread evenly over the last `days` days, which
 * are made as the server makes them. Returns the seconds that it took. Afterwards the database is as it is after a night:
 * counted, with statistics, vacuumed, and written back.
 */
export async function fillRecords({ server, project, from = 0, until, days = 1 }) {
  const startedAt = performance.now()
  const client = await openDatabase(server)
  try {
    const patterns = await writePatterns(server, project)
    const columns = await readColumns(client)
    await client.query("set synchronous_commit = off; set work_mem = '128MB'")
    for (let day = days - 1; day >= 0; day -= 1) {
      await makeDay(client, day)
      const share = (until - from) / days
      const bounds = [from + Math.round(share * (days - 1 - day)), from + Math.round(share * (days - day))]
      await fillDay(client, { projectId: project.projectId, patterns, columns, day, bounds })
    }
    await client.query('select rebuild_code_counts()')
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
  return (performance.now() - startedAt) / 1000
}

/**
 * Adds a message to every record that has none: two carriers, three countries for phones, and a report of most. What was verified
 * took from a second to a minute.
 */
export async function fillMessages(server, projectId) {
  const client = await openDatabase(server)
  try {
    await client.query("set synchronous_commit = off; set work_mem = '128MB'")
    await client.query(
      `insert into messages (project_id, challenge_id, attempt, carrier, outcome, carrier_message_id, started_at, finished_at,
        channel, country, cost, receipt_state, receipt_at)
      select project_id, id, 1, case get_byte(id, 11) % 2 when 0 then 'north' else 'south' end, 'accepted', encode(id, 'hex'),
        created_at, created_at + interval '300 milliseconds', channel,
        case when channel <> 'email' then (array['CI', 'TZ', 'IN'])[1 + get_byte(id, 10) % 3] end, 20000,
        case when get_byte(id, 9) % 10 < 9 then 'delivered' else 'undelivered' end, created_at + interval '3 seconds'
      from challenges
      where project_id = $1
      on conflict do nothing`,
      [projectId],
    )
    await client.query(
      `update challenges
      set used_at = created_at + make_interval(secs => 1 + get_byte(id, 8) * 59 / 255.0), delivery_state = 'accepted'
      where project_id = $1 and used_at is not null`,
      [projectId],
    )
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

/** What the filter of a read has to name to find record `n`, an e-mail. */
export async function addressOfRecord(client, n) {
  const { rows } = await client.query(
    `select ${addressSql} as address from (values ('email')) as t(channel), (values ($1::bigint)) as numbers(n)`,
    [n],
  )
  return rows[0].address
}

/** The ids of ten records that the server writes, one for each tenth of the rows. */
async function writePatterns(server, project) {
  const connection = openConnection(server.port)
  const headers = headersOf(project)
  const ask = async (path, body, expected) => {
    const { status, body: answer } = await connection.request(path, headers, body)
    if (status !== expected) throw new Error(`${path} answered ${status}: ${answer}`)
    return answer
  }
  const send = (body) => ask(paths.send, JSON.stringify({ recordId: 'pattern', ...body }), 201)

  // A round of its own, so that each filling writes to an address without a code.
  const round = Date.now()
  const answers = [await send({ target: addressOf(round, 0), channel: 'email', recordId: 'order_0' })]
  const [check] = checkBodies(round, { answers, projectId: project.projectId })
  await ask(paths.check, check, 200)
  const ids = {
    verified: JSON.parse(answers[0]).recordId,
    unverified: JSON.parse(await send({ target: `pattern.${round}@example.test`, channel: 'email' }))
      .recordId,
    whatsapp: JSON.parse(await send({ target: `+12025550${100 + (round % 100)}`, channel: 'whatsapp' }))
      .recordId,
  }
  connection.close()
  return kindsOfTen.map((kind) => ids[kind])
}

/** The columns of a record, each with what a copy has in it. */
async function readColumns(client) {
  const own = {
    id: `decode(lpad(to_hex(extract(epoch from at)::bigint), 8, '0')
      || lpad(to_hex(extract(milliseconds from at)::bigint % 1000), 4, '0') || left(md5(n::text), 12), 'hex')`,
    address: addressSql,
    // As in the pattern: null, or the same as the address.
    target: `case when t.target is not null then ${addressSql} end`,
    record_id: "'order_' || n",
    created_at: 'at',
    expires_at: 'at + (t.expires_at - t.created_at)',
    used_at: 'at + (t.used_at - t.created_at)',
  }
  const { rows } = await client.query(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = 'challenges'`,
  )
  return rows.map(({ name }) => ({ name, sql: own[name] ?? `t.${name}` }))
}

/**
 * Makes the partitions of a past day. The server's own function makes those of today, so for the length of a transaction that
 * nobody else sees today is that day.
 */
async function makeDay(client, day) {
  const { rows } = await client.query("select pg_get_functiondef('clock_now'::regproc) as definition")
  await client.query('begin')
  await client.query(`create or replace function clock_now() returns timestamptz
    language sql volatile as $$ select clock_timestamp() - interval '${day} days' $$`)
  await client.query('select ensure_partitions()')
  await client.query(rows[0].definition)
  await client.query('commit')
}

/** Writes the records of one day, spread over its hours; those of today over the hours until now. */
async function fillDay(client, { projectId, patterns, columns, day, bounds: [from, until] }) {
  const { rows } = await client.query(
    `select begins_at as "beginsAt", least(begins_at + interval '1 day', clock_now()) as "endsAt"
     from (select date_trunc('day', clock_now(), 'UTC') - $1 * interval '1 day' as begins_at) as days`,
    [day],
  )
  const [{ beginsAt, endsAt }] = rows
  const sql = `
    insert into challenges (${columns.map(({ name }) => name).join(', ')})
    select ${columns.map(({ sql }) => sql).join(', ')}
    from unnest($2::text[]) with ordinality as patterns(id, nth)
    join challenges t on t.project_id = $1 and t.id = decode(patterns.id, 'hex')
    join generate_series($3::bigint, $4::bigint - 1) as n on n % 10 = nth - 1
    cross join lateral (
      select $5::timestamptz + ($6::timestamptz - $5) * ((n - $7)::float8 / ($8 - $7)) as at) as moments
    order by n`
  for (let first = from; first < until; first += rowsPerStatement) {
    const last = Math.min(until, first + rowsPerStatement)
    await client.query(sql, [projectId, patterns, first, last, beginsAt, endsAt, from, until])
  }
}
