import type { CarrierStore, StoredCarrier } from '../engine/carriers.ts'
import type { Database } from './database.ts'

type CarrierRow = { name: string; kind: string; sealed: Buffer; updated_at: Date }

/** The store of the carriers that came through the admin API. */
export const createCarrierStore = (database: Database): CarrierStore => ({
  async list() {
    const rows = await database.query<CarrierRow>(
      'carriers-list',
      'select name, kind, sealed, updated_at from carriers order by name',
    )
    return rows.map(({ updated_at: updatedAt, ...row }): StoredCarrier => ({ ...row, updatedAt }))
  },

  async put({ name, kind, sealed }) {
    await database.query(
      'carriers-put',
      `insert into carriers (name, kind, sealed)
      values ($1, $2, $3)
      on conflict (name) do update set kind = excluded.kind, sealed = excluded.sealed, updated_at = moment()`,
      [name, kind, sealed],
    )
  },

  async reseal(name, before, after) {
    await database.query(
      'carriers-reseal',
      'update carriers set sealed = $3 where name = $1 and sealed = $2',
      [name, before, after],
    )
  },

  async remove(name) {
    const rows = await database.query(
      'carriers-remove',
      'delete from carriers where name = $1 returning name',
      [name],
    )
    return rows.length > 0
  },
})
