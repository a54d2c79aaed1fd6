import type { ChallengeStore } from '../../engine/ports/challenges.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'

/** Ends the lock that wrong codes have put on an address. */
export const createUnlock =
  (database: Database): ChallengeStore['unlock'] =>
  (projectId, address) =>
    database.transaction(async (tx) => {
      const rows = await tx.query(
        'recipients-unlock',
        `update recipients
        set locked_until = null, failures = '{}', failures_in_row = 0, networks = networks - 'failed'
        where address = $2 and project_id = $1
        returning address`,
        [projectId, address],
      )
      if (rows.length > 0)
        await recordActions(tx, [
          { scope: projectId, type: 'address.unlocked', address, details: { until: null } },
        ])
      return rows.length > 0
    })
