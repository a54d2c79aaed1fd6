import { createRequire } from 'node:module'
import { answerParent } from './child-process.mjs'

const require = createRequire(new URL('../server/package.json', import.meta.url))
const pg = require('pg')
const clients = 48

/*
 * Single-row inserts per second on the same PostgreSQL with the same durability: prepared, each in its own transaction,
 * with as many parallel clients as the server allows. This is the upper limit for a server without batches.
 */

answerParent(async ({ connectionString, rows }) => {
  const pool = new pg.Pool({ connectionString, max: clients })
  await pool.query(
    'create table if not exists bench_rows (id bigint primary key, address text, at timestamptz)',
  )
  await pool.query('truncate bench_rows')
  const connections = await Promise.all(Array.from({ length: clients }, () => pool.connect()))
  let next = 0
  const work = async (client) => {
    for (let id = next++; id < rows; id = next++) {
      await client.query({
        name: 'bench-insert',
        text: 'insert into bench_rows (id, address, at) values ($1, $2, now())',
        values: [id, `user${id}@example.test`],
      })
    }
    client.release()
  }
  const startedAt = performance.now()
  await Promise.all(connections.map(work))
  const seconds = (performance.now() - startedAt) / 1000
  await pool.query('drop table bench_rows')
  await pool.end()
  return { perSecond: rows / seconds }
})
