import type { Address, Channel } from '../../domain/address.ts'
import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import { asProof } from '../../domain/evidence.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import type { ProofStore } from '../../engine/ports/proofs.ts'
import type { Database } from '../postgres/database.ts'

type ProofRow = {
  project_id: ProjectId
  challenge_id: ChallengeId
  purpose: PurposeName
  channel: Channel
  address: Address
  companion: string | null
  account_id: AccountId | null
  proven_at: Date
}

/** The store of proofs that wait for the request that spends them. */
export const createProofStore = (database: Database): ProofStore => ({
  async keep(proof, { tokenHash, callerHash }, lifeSeconds) {
    await database.query(
      'proofs-keep',
      `insert into proofs (project_id, challenge_id, purpose, channel, address, companion, account_id, token_hash,
        caller_hash, proven_at, expires_at)
      values ($1, decode($2, 'hex'), $3, $4, $5, $6, $7, $8, $9, $10::timestamptz,
        $10::timestamptz + $11 * interval '1 second')`,
      [
        proof.projectId,
        proof.challengeId,
        proof.purpose,
        proof.channel,
        proof.address,
        proof.secondAddress,
        proof.accountId,
        tokenHash,
        callerHash,
        proof.provenAt,
        lifeSeconds,
      ],
    )
  },

  async find({ projectId, purpose, address, secondAddress, binding }) {
    const isByToken = 'tokenHash' in binding
    const claimHash = isByToken ? binding.tokenHash : binding.callerHash
    const [row] = await database.query<ProofRow>(
      isByToken ? 'proofs-find-token' : 'proofs-find-caller',
      `select project_id, encode(challenge_id, 'hex') as challenge_id, purpose, channel, address, companion,
        account_id, proven_at
      from proofs
      where project_id = $1 and purpose = $2 and address = $3 and companion is not distinct from $4
        and spent_at is null and expires_at > clock_now()
        and ${isByToken ? 'token_hash' : 'caller_hash'} = $5
      order by proofs.challenge_id desc
      limit 1`,
      [projectId, purpose, address, secondAddress, claimHash],
    )
    if (row === undefined) return null
    return asProof({
      projectId: row.project_id,
      challengeId: row.challenge_id,
      purpose: row.purpose,
      channel: row.channel,
      address: row.address,
      recordId: null,
      secondAddress: row.companion,
      accountId: row.account_id,
      provenAt: row.proven_at,
      claimHash,
    })
  },

  async hasJustSpent({ projectId, purpose, address, secondAddress, binding }) {
    const rows = await database.query(
      'proofs-just-spent',
      `select challenge_id
      from proofs
      where project_id = $1 and purpose = $2 and address = $3 and companion is not distinct from $4
        and spent_with = $5 and spent_at > clock_now() - interval '1 minute'
      limit 1`,
      [
        projectId,
        purpose,
        address,
        secondAddress,
        'tokenHash' in binding ? binding.tokenHash : binding.callerHash,
      ],
    )
    return rows.length > 0
  },
})
