import type { ChallengeId } from '../../domain/challenge.ts'
import type { VerificationStore } from '../../engine/ports/verifications.ts'
import type { Database } from '../postgres/database.ts'
import { readByIndexes } from './read-by-indexes.ts'
import { readVerification } from './verification-details.ts'
import { type VerificationRow, verificationFromRow } from './verification-rows.ts'
import { verificationPageStatement } from './verification-statements.ts'

/** Reads challenges with their messages, as operators see them. */
export const createVerificationStore = (database: Database): VerificationStore => ({
  async page(query) {
    const rows = await readByIndexes<VerificationRow & { last_id: ChallengeId | null }>(
      database,
      verificationPageStatement(query),
    )
    return {
      verifications: rows.flatMap((row) => (row.id === null ? [] : [verificationFromRow(row)])),
      next: rows[0]?.last_id ?? null,
    }
  },

  find: (projectId, id) => readVerification(database, projectId, id),
})
