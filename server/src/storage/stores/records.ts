import type { Channel } from '../../domain/address.ts'
import { type Challenge, challengeIdFloor } from '../../domain/challenge.ts'
import type { RecordQuery, RecordStore } from '../../engine/ports/records.ts'
import { type ChallengeRow, challengeColumns, challengeFromRow } from '../batches/challenge-rows.ts'
import type { Database } from '../postgres/database.ts'

/** Reads challenges as the records that operators and callers with a key see. Decoys and notices are left out. */
export const createRecordStore = (database: Database): RecordStore => ({
  async page(query) {
    const values = filterValues(query)
    const [rows, [count]] = await Promise.all([
      database.query<ChallengeRow>('records-page', pageSql, [...values, query.limit, query.offset]),
      database.query<{ total: number }>('records-count', countSql, values),
    ])
    return { records: rows.map((row) => challengeFromRow(row) as Challenge), total: count?.total ?? 0 }
  },

  async stats({ projectId, purpose, from, until }) {
    const rows = await database.query<{ channel: Channel; total: number; verified: number }>(
      'records-stats',
      statsSql,
      [projectId, purpose, idBound(from), idBound(until)],
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
    const rows = await database.query<ChallengeRow>('records-recent', recentSql, [address, limit])
    return rows.map((row) => challengeFromRow(row) as Challenge)
  },
})

const recentSql = `
  select ${challengeColumns}
  from challenges c
  where ($1::text is null or c.address = $1) and c.created_at > clock_now() - interval '24 hours'
  order by c.id desc
  limit $2`

// Bounds on the id, not on the time: the id begins with the time, and the table is partitioned by the id.
const filters = `
  c.project_id = $1 and c.purpose = $2 and c.content = 'code'
  and ($3::bytea is null or c.id >= $3) and ($4::bytea is null or c.id < $4)
  and ($5::text is null or c.channel = $5)
  and ($6::boolean is null or (c.used_at is not null) = $6)
  and ($7::text is null or c.record_id = $7)
  and ($8::text is null or c.target = $8 or c.address = $8)`

const pageSql = `
  select ${challengeColumns}
  from challenges c
  where ${filters}
  order by c.id desc
  limit $9 offset $10`

const countSql = `select count(*) as total from challenges c where ${filters}`

const statsSql = `
  select c.channel, count(*) as total, count(c.used_at) as verified
  from challenges c
  where c.project_id = $1 and c.purpose = $2 and c.content = 'code'
    and ($3::bytea is null or c.id >= $3) and ($4::bytea is null or c.id < $4)
  group by c.channel`

const filterValues = (query: RecordQuery): unknown[] => [
  query.projectId,
  query.purpose,
  idBound(query.from),
  idBound(query.until),
  query.channel,
  query.isVerified,
  query.recordId,
  query.target,
]

const idBound = (moment: Date | null): string | null =>
  moment === null ? null : `\\x${challengeIdFloor(moment)}`

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
