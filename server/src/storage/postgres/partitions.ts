import { Unavailable } from '../../engine/ports/unavailable.ts'
import { isPartitionMissing } from './database-faults.ts'
import type { Transaction } from './sql.ts'

/*
 * The daily partitions. Maintenance makes them ahead of time; these are for a clock that has jumped past them, as that of a
 * machine that slept for a weekend does.
 */

const ensureSql = 'select ensure_partitions()'

/**
 * Runs transactions, each once more after the partitions were made where one was missing. They are made once for all who
 * wait. `Unavailable` when they cannot be.
 */
export function createPartitionsOnDemand(ensure: () => Promise<unknown>) {
  let making: Promise<unknown> | null = null
  const make = (): Promise<unknown> => {
    making ??= ensure().finally(() => {
      making = null
    })
    return making
  }

  return async <Result>(run: () => Promise<Result>): Promise<Result> => {
    try {
      return await run()
    } catch (error) {
      if (!isPartitionMissing(error)) throw error
    }
    await make().catch((cause: unknown) => {
      throw noPartition(cause)
    })
    return run().catch((error: unknown) => {
      throw isPartitionMissing(error) ? noPartition(error) : error
    })
  }
}

const noPartition = (cause: unknown): Unavailable =>
  new Unavailable('there is no partition for today', { cause })

/** Makes the daily partitions that are missing. */
export const ensurePartitions = (database: Transaction): Promise<unknown> =>
  database.query('partitions-ensure', ensureSql)

const todaySql = `
  select bool_and(to_regclass(kind || '_' || to_char(clock_now() at time zone 'UTC', 'YYYYMMDD')) is not null) as is_there
  from unnest(array['challenges', 'messages', 'events', 'event_people', 'webhook_deliveries']) as kind`

/** Rejects when the database does not answer, or has no partition for today and none can be made. */
export async function assertReady(database: Transaction): Promise<void> {
  const [today] = await database.query<{ is_there: boolean }>('ready', todaySql)
  if (today?.is_there === true) return
  await ensurePartitions(database)
}
