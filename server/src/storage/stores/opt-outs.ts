import type { PhoneNumber } from '../../domain/address.ts'
import { serverScope } from '../../domain/event.ts'
import type { OptOutChange, OptOutStore } from '../../engine/ports/opt-outs.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'

type Row = { carrier: string; phone: PhoneNumber; is_out: boolean; changed_at: Date }

const columns = 'carrier, phone, is_out, changed_at'

/** A transaction may commit later than it says, and a clock may be set back a little. */
const overlapSeconds = 10

const leaveSql = `
  insert into opt_outs as o (carrier, phone, is_out)
  values ($1, $2, true)
  on conflict (carrier, phone) do update set is_out = true, changed_at = clock_now()
  where not o.is_out
  returning 1`

const comeBackSql = `
  update opt_outs
  set is_out = false, changed_at = clock_now()
  where carrier = $1 and phone = $2 and is_out
  returning 1`

/** Stores who answered STOP to which carrier. */
export const createOptOutStore = (database: Database): OptOutStore => ({
  change: ({ carrier, phone, isOut, by }) =>
    database.transaction(async (tx) => {
      const changed = isOut
        ? await tx.query('opt-outs-leave', leaveSql, [carrier, phone])
        : await tx.query('opt-outs-come-back', comeBackSql, [carrier, phone])
      if (changed.length === 0) return false
      // Without the number: it belongs to no project, so no erasure would find it there.
      const type = isOut ? 'opt-out.added' : 'opt-out.removed'
      await recordActions(tx, [{ scope: serverScope, type, details: { carrier, by } }])
      return true
    }),

  async changedSince(moment) {
    const rows =
      moment === null
        ? await database.query<Row>(
            'opt-outs-all',
            `select ${columns} from opt_outs where is_out order by changed_at`,
          )
        : await database.query<Row>(
            'opt-outs-changed',
            `select ${columns}
            from opt_outs
            where changed_at >= $1::timestamptz - make_interval(secs => $2)
            order by changed_at`,
            [moment, overlapSeconds],
          )
    return rows.map(changeFromRow)
  },

  async list({ carrier, phone, limit }) {
    const rows = await database.query<Row>(
      'opt-outs-list',
      `select ${columns}
      from opt_outs
      where is_out and ($1::text is null or carrier = $1) and ($2::text is null or phone = $2)
      order by changed_at desc, carrier, phone
      limit $3`,
      [carrier, phone, limit],
    )
    return rows.map((row) => ({ carrier: row.carrier, phone: row.phone, since: row.changed_at }))
  },
})

const changeFromRow = ({ carrier, phone, is_out, changed_at }: Row): OptOutChange => ({
  carrier,
  phone,
  isOut: is_out,
  changedAt: changed_at,
})
