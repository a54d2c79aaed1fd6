import { randomBytes } from 'node:crypto'
import { type NewEvent, serverScope } from '../../domain/event.ts'
import type { OperatorId } from '../../domain/operator.ts'
import type { Passkey, SecondFactorStore } from '../../engine/ports/second-factors.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'

/** More than anybody carries. */
const passkeysMax = 10

const passkeyColumns = `id, operator_id, credential_id, public_key, counter, transports, name, created_at, last_used_at`

type PasskeyRow = {
  id: string
  operator_id: OperatorId
  credential_id: string
  public_key: Buffer
  counter: number
  transports: string[]
  name: string
  created_at: Date
  last_used_at: Date | null
}

const passkeyFromRow = (row: PasskeyRow): Passkey => ({
  id: row.id,
  operatorId: row.operator_id,
  credentialId: row.credential_id,
  publicKey: row.public_key,
  counter: row.counter,
  transports: row.transports,
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

/** The store of passkeys and recovery codes. */
export const createSecondFactorStore = (database: Database): SecondFactorStore => ({
  async listPasskeys(operatorId) {
    const rows = await database.query<PasskeyRow>(
      'passkeys-list',
      `select ${passkeyColumns} from operator_passkeys where operator_id = $1 order by created_at, id`,
      [operatorId],
    )
    return rows.map(passkeyFromRow)
  },

  insertPasskey: (operatorId, { credentialId, publicKey, counter, transports, name }) =>
    database.transaction(async (tx) => {
      await tx.query('passkeys-lock', 'select id from operators where id = $1 for update', [operatorId])
      const [row] = await tx.query<PasskeyRow>(
        'passkeys-insert',
        `insert into operator_passkeys (id, operator_id, credential_id, public_key, counter, transports, name)
        select $1, $2, $3, $4, $5, $6, $7
        where (select count(*) from operator_passkeys where operator_id = $2) < $8
        on conflict (credential_id) do nothing
        returning ${passkeyColumns}`,
        [newId(), operatorId, credentialId, publicKey, counter, transports, name, passkeysMax],
      )
      if (row === undefined) return null
      await recordActions(tx, [factorEvent('operator.factor-added', operatorId, 'passkey')])
      return passkeyFromRow(row)
    }),

  async usePasskey(id, counter) {
    const rows = await database.query(
      'passkeys-use',
      `update operator_passkeys
      set counter = $2, last_used_at = clock_now()
      where id = $1 and ($2 > counter or $2 = 0 and counter = 0)
      returning id`,
      [id, counter],
    )
    return rows.length > 0
  },

  removePasskey: (operatorId, id) =>
    database.transaction(async (tx) => {
      const removed = await tx.query(
        'passkeys-remove',
        'delete from operator_passkeys where operator_id = $1 and id = $2 returning id',
        [operatorId, id],
      )
      if (removed.length > 0)
        await recordActions(tx, [factorEvent('operator.factor-removed', operatorId, 'passkey')])
      return removed.length > 0
    }),

  replaceRecoveryCodes: (operatorId, hashes) =>
    database.transaction(async (tx) => {
      await tx.query('recovery-codes-drop', 'delete from operator_recovery_codes where operator_id = $1', [
        operatorId,
      ])
      await tx.query(
        'recovery-codes-insert',
        'insert into operator_recovery_codes (operator_id, code_hash) select $1, unnest($2::bytea[])',
        [operatorId, hashes],
      )
      await recordActions(tx, [factorEvent('operator.factor-added', operatorId, 'recovery-codes')])
    }),

  async spendRecoveryCode(operatorId, hash) {
    const rows = await database.query(
      'recovery-codes-spend',
      'delete from operator_recovery_codes where operator_id = $1 and code_hash = $2 returning operator_id',
      [operatorId, hash],
    )
    return rows.length > 0
  },

  async dropLonelyRecoveryCodes(operatorId) {
    await database.query(
      'recovery-codes-lonely',
      `delete from operator_recovery_codes
      where operator_id = $1
        and not exists (select from operator_passkeys where operator_id = $1)
        and not exists (
          select from totp_authenticators
          where project_id = $2 and subject = $1 and confirmed_at is not null
        )`,
      [operatorId, serverScope],
    )
  },

  removeAll: (operatorId) =>
    database.transaction(async (tx) => {
      for (const [name, sql] of Object.entries(removeAllSql)) await tx.query(name, sql, [operatorId])
      await recordActions(tx, [factorEvent('operator.factor-removed', operatorId, 'all')])
    }),
})

const removeAllSql = {
  'second-factors-drop-passkeys': 'delete from operator_passkeys where operator_id = $1',
  'second-factors-drop-codes': 'delete from operator_recovery_codes where operator_id = $1',
  'second-factors-drop-totp': `delete from totp_authenticators where project_id = '${serverScope}' and subject = $1`,
}

const newId = (): string => `PSK_${randomBytes(6).toString('hex')}`

const factorEvent = (
  type: 'operator.factor-added' | 'operator.factor-removed',
  operatorId: OperatorId,
  factor: string,
): NewEvent => ({ scope: serverScope, type, details: { operatorId, factor } })
