import type { SecretFingerprints } from '../../domain/master-secret.ts'
import type { InstallationStore } from '../../engine/ports/installation.ts'
import type { Database } from '../postgres/database.ts'

type Row = SecretFingerprints & { is_development: boolean }

const columns = 'secret_fingerprint as current, previous_fingerprint as previous, is_development'

/** The one row about the server as a whole. */
export const createInstallationStore = (database: Database): InstallationStore => ({
  async decideSecret(judge) {
    await database.transaction(async (tx) => {
      const [row] = await tx.query<Row>('installation-lock', `select ${columns} from installation for update`)
      const { next } = judge(fingerprintsFromRow(row))
      if (next === null) return
      await tx.query(
        'installation-secret',
        'update installation set secret_fingerprint = $1, previous_fingerprint = $2',
        [next.current, next.previous],
      )
    })
  },

  async fingerprints() {
    const [row] = await database.query<Row>('installation-read', `select ${columns} from installation`)
    return fingerprintsFromRow(row)
  },

  async isDevelopment() {
    const [row] = await database.query<Row>('installation-read', `select ${columns} from installation`)
    return row?.is_development ?? false
  },

  async markDevelopment() {
    await database.query('installation-development', 'update installation set is_development = true')
  },
})

const fingerprintsFromRow = (row: Row | undefined): SecretFingerprints => ({
  current: row?.current ?? null,
  previous: row?.previous ?? null,
})
