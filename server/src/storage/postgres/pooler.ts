import pg from 'pg'

const rounds = 5
const connectMilliseconds = 3_000

/**
 * Whether there is a pooler between us and PostgreSQL that lends its connections for single transactions: two of our
 * connections then meet the same backend, or one meets several. Our settings and prepared statements would end up on the
 * connections of others. False where the database cannot be asked, which others report better.
 */
export async function lendsConnections(connectionString: string): Promise<boolean> {
  const options = {
    connectionString,
    connectionTimeoutMillis: connectMilliseconds,
    query_timeout: connectMilliseconds,
  }
  const clients = [new pg.Client(options), new pg.Client(options)]
  for (const client of clients) client.on('error', () => {})
  try {
    for (const client of clients) await client.connect()
    const seen = clients.map(() => new Set<number>())
    // One statement at a time, so that a pooler is free to answer all of them with whichever connection it has.
    for (let round = 0; round < rounds; round += 1)
      for (const [index, client] of clients.entries()) seen[index]?.add(await backendOf(client))
    const all = new Set(seen.flatMap((backends) => [...backends]))
    return all.size !== clients.length || seen.some(({ size }) => size > 1)
  } catch {
    return false
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})))
  }
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ backend: number }>('select pg_backend_pid() as backend')
  return rows[0]?.backend ?? 0
}
