import { limitId } from '../../domain/judge-send.ts'
import type { Limit } from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Database } from '../postgres/database.ts'
import { isConflict } from '../postgres/database-faults.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'

/*
 * How batches take turns.
 *
 * Half of the rows that a batch needs do not exist yet, and a missing row cannot be locked. So a batch locks names: one
 * transaction-scoped advisory lock for each address and idempotency key, taken in one order by one statement. Two
 * batches that share a name take turns, on any node; two that share none run in parallel.
 *
 * All requests of a project use its limits and quotas, and a turn is long: from reading through judging to the commit.
 * So batches count on them side by side, and a write fails if what was judged no longer holds. Such a batch is decided
 * once more while no other batch counts there, so it meets at most one conflict.
 */

// Takes two lists of names and returns no rows. One statement, in one order. A name in both lists is locked
// exclusively.
const lockAll = `
  select count(
    case when is_shared then pg_advisory_xact_lock_shared(number) else pg_advisory_xact_lock(number) end
  )
  from (
    select hashtextextended(name, 0) as number, bool_and(is_shared) as is_shared
    from (select unnest($1::text[]) as name, false as is_shared union all select unnest($2::text[]), true) named
    group by number
    order by number
  ) ascending`

/** Locks the names for the rest of the transaction. Names with equal hashes only wait for each other unnecessarily. */
export const lockNames = (tx: Transaction, names: string[], sharedNames: string[] = []): Promise<unknown> =>
  tx.query('batch-lock', lockAll, [[...new Set(names)], [...new Set(sharedNames)]])

/**
 * Locks `own` names exclusively for the rest of the transaction, and `shared` names together with others that share
 * them.
 */
export type LockBatch = (names: { own: string[]; shared: string[] }) => Promise<unknown>

const attemptsMax = 5

/** Decides a batch in one transaction, and in another after a conflict: `decide` may run several times. */
export async function decideBatch<Result>(
  database: Database,
  decide: (tx: BatchTransaction, lock: LockBatch) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const lock =
      (tx: BatchTransaction): LockBatch =>
      ({ own, shared }) =>
        attempt === 1 ? lockNames(tx, own, shared) : lockNames(tx, [...own, ...shared])
    try {
      return await database.batch((tx) => decide(tx, lock(tx)))
    } catch (fault) {
      if (attempt === attemptsMax || !isConflict(fault)) throw fault
    }
  }
}

/** An address is locked across all projects, because one of its caps counts across all projects (S1). */
export const addressLock = (address: string): string => `address:${address}`
export const idempotencyLock = (projectId: ProjectId, key: string): string =>
  `idempotency:${projectId}:${key}`
export const quotaLock = (projectId: ProjectId): string => `quota:${projectId}`
export const limitLock = ({ projectId, limit }: LimitUse): string => `limit:${projectId}:${limitId(limit)}`

export type LimitUse = { projectId: ProjectId; limit: Limit }
