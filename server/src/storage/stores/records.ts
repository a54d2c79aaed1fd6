import type { Channel } from '../../domain/address.ts'
import type { RecordStore } from '../../engine/ports/records.ts'
import { type ChallengeRow, challengeColumns, challengeFromRow } from '../batches/challenge-rows.ts'
import type { Database } from '../postgres/database.ts'
import { readByIndexes } from './read-by-indexes.ts'
import { pageStatement, statsStatement } from './record-statements.ts'

/** Reads challenges as the records that operators and callers with a key see. Decoys and notices are left out. */
export const createRecordStore = (database: Database): RecordStore => ({
  async page(query) {
    const rows = await readByIndexes<ChallengeRow & { total: number }>(database, pageStatement(query))
    return { records: rows.flatMap((row) => challengeFromRow(row) ?? []), total: rows[0]?.total ?? 0 }
  },

  async stats(query) {
    const rows = await readByIndexes<{ channel: Channel; total: number; verified: number }>(
      database,
      statsStatement(query),
    )
    const byChannel: Record<Channel, number> = { email: 0, sms: 0, whatsapp: 0, voice: 0 }
    for (const { channel, total } of rows) byChannel[channel] = total
    return {
      total: sum(rows.map(({ total }) => total)),
      verified: sum(rows.map(({ verified }) => verified)),
      byChannel,
    }
  },

  async tokens(projectId) {
    const [row] = await database.query<{ granted: number | null; used: number }>(
      'quotas-read',
      'select tokens_granted as granted, tokens_used as used from quotas where project_id = $1',
      [projectId],
    )
    return row ?? { granted: null, used: 0 }
  },

  async recent({ address, limit }) {
    const rows = await readByIndexes<ChallengeRow>(
      database,
      address === null
        ? { name: 'records-recent', sql: recentSql, values: [limit] }
        : { name: 'records-recent-address', sql: recentOfAddressSql, values: [limit, address] },
    )
    return rows.flatMap((row) => challengeFromRow(row) ?? [])
  },
})

// The bound on ids keeps to the partitions of the last day.
const lastDay = `
  c.id >= (select substr(int8send(extract(epoch from clock_now() - interval '25 hours')::bigint), 5))
  and c.created_at > (select clock_now() - interval '24 hours')`

const recentSql = `
  select ${challengeColumns}
  from projects p
  cross join lateral (
    select *
    from challenges c
    where c.project_id = p.id and ${lastDay}
    order by c.id desc
    limit $1
  ) c
  order by c.id desc
  limit $1`

const recentOfAddressSql = `
  select ${challengeColumns}
  from challenges c
  where c.address = $2 and ${lastDay}
  order by c.id desc
  limit $1`

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
