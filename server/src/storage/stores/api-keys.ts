import { randomBytes } from 'node:crypto'
import type { WorkspaceId } from '../../domain/project.ts'
import type { ApiKey, ApiKeyScope, ApiKeyStore } from '../../engine/ports/api-keys.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import { type ProjectRow, projectColumns, projectFromRow } from './projects.ts'

/** The store of API keys. Only their hashes are kept (K2). */
export const createApiKeyStore = (database: Database): ApiKeyStore => ({
  async insert({ workspaceId, name, prefix, hash, scopes, expiresAt }) {
    return database.transaction(async (tx) => {
      const [row] = await tx.query<KeyRow>(
        'keys-insert',
        `insert into api_keys (id, workspace_id, name, prefix, hash, scopes, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        returning ${keyColumns}`,
        [`KEY_${randomBytes(6).toString('hex')}`, workspaceId, name, prefix, hash, scopes, expiresAt],
      )
      const key = keyFromRow(row as KeyRow)
      const details = { keyId: key.id, scopes, expiresAt: expiresAt?.toISOString() ?? null }
      // A key opens every project of its workspace, so the event belongs to the workspace.
      await recordActions(tx, [{ scope: workspaceId, type: 'key.created', details }])
      return key
    })
  },

  async list(workspaceId) {
    const rows = await database.query<KeyRow>(
      'keys-list',
      `select ${keyColumns} from api_keys where workspace_id = $1 order by created_at, id`,
      [workspaceId],
    )
    return rows.map(keyFromRow)
  },

  async revoke(workspaceId, id) {
    return database.transaction(async (tx) => {
      const rows = await tx.query(
        'keys-revoke',
        `update api_keys
        set revoked_at = clock_now()
        where workspace_id = $1 and id = $2 and revoked_at is null
        returning id`,
        [workspaceId, id],
      )
      if (rows.length > 0)
        await recordActions(tx, [{ scope: workspaceId, type: 'key.revoked', details: { keyId: id } }])
      return rows.length > 0
    })
  },

  async findUsable(hash) {
    const [key] = await database.query<KeyRow & { is_use_noted: boolean }>(
      'keys-usable',
      `select ${keyColumns}, coalesce(last_used_at >= clock_now() - interval '1 minute', false) as is_use_noted
      from api_keys
      where hash = $1 and revoked_at is null and (expires_at is null or clock_now() < expires_at)`,
      [hash],
    )
    if (key === undefined) return null
    const projects = await database.query<ProjectRow>(
      'keys-projects',
      `select ${projectColumns} from projects where workspace_id = $1 and disabled_at is null`,
      [key.workspace_id],
    )
    return { key: keyFromRow(key), projects: projects.map(projectFromRow), isUseNoted: key.is_use_noted }
  },

  async touch(ids) {
    await database.query(
      'keys-touch',
      `update api_keys
      set last_used_at = clock_now()
      where id = any($1) and (last_used_at is null or last_used_at < clock_now() - interval '1 minute')`,
      [ids],
    )
  },
})

type KeyRow = {
  id: string
  workspace_id: WorkspaceId
  name: string
  prefix: string
  scopes: ApiKeyScope[]
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

const keyColumns = 'id, workspace_id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at'

const keyFromRow = (row: KeyRow): ApiKey => ({
  id: row.id,
  workspaceId: row.workspace_id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
})
