import { serverScope } from '../../domain/event.ts'
import type { CarrierStore, StoredCarrier } from '../../engine/ports/carriers.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'

type CarrierRow = { name: string; kind: string; sealed: Buffer; updated_at: Date }

/** The store of the carriers that were created through the admin API. */
export const createCarrierStore = (database: Database): CarrierStore => ({
  async list() {
    const rows = await database.query<CarrierRow>(
      'carriers-list',
      'select name, kind, sealed, updated_at from carriers order by name',
    )
    return rows.map(({ updated_at: updatedAt, ...row }): StoredCarrier => ({ ...row, updatedAt }))
  },

  put: ({ name, kind, sealed }) =>
    database.transaction(async (tx) => {
      // This statement locks an existing row before it changes it, and xmax shows that; a new row is not locked.
      const [row] = await tx.query<{ is_new: boolean }>(
        'carriers-put',
        `insert into carriers (name, kind, sealed)
        values ($1, $2, $3)
        on conflict (name) do update set kind = excluded.kind, sealed = excluded.sealed, updated_at = clock_now()
        returning xmax = 0 as is_new`,
        [name, kind, sealed],
      )
      const type = row?.is_new === true ? 'carrier.created' : 'carrier.changed'
      await recordActions(tx, [{ scope: serverScope, type, details: { carrier: name, kind } }])
    }),

  async reseal(name, before, after) {
    await database.query(
      'carriers-reseal',
      'update carriers set sealed = $3 where name = $1 and sealed = $2',
      [name, before, after],
    )
  },

  remove: (name) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<{ kind: string }>(
        'carriers-remove',
        'delete from carriers where name = $1 returning kind',
        [name],
      )
      if (row === undefined) return false
      const details = { carrier: name, kind: row.kind }
      await recordActions(tx, [{ scope: serverScope, type: 'carrier.removed', details }])
      return true
    }),
})
