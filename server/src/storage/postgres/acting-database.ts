import type { Actor } from '../../domain/operator.ts'
import type { Database } from './database.ts'

/** The same database, whose transactions know who acts. Stores that are made on it record that with what is done. */
export const actingAs = (database: Database, actor: Actor): Database => ({
  ...database,
  transaction: (work) => database.transaction((tx) => work({ ...tx, actor })),
  batch: (work) => database.batch((tx) => work({ ...tx, actor })),
})
