import { randomBytes } from 'node:crypto'
import { serverProjectId } from '../../domain/operator.ts'
import {
  defaultProjectSettings,
  type Project,
  type ProjectId,
  type ProjectSettings,
  type ProjectState,
  type WorkspaceId,
} from '../../domain/project.ts'
import type { ProjectStore, ProjectSummary } from '../../engine/ports/projects.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'

export type ProjectRow = {
  id: ProjectId
  workspace_id: WorkspaceId
  name: string
  settings: Partial<ProjectSettings>
  disabled_at: Date | null
  deleted_at: Date | null
}

export const projectColumns = 'id, workspace_id, name, settings, disabled_at, deleted_at'

/** A setting that a row does not name has its default, so that a new setting needs no migration. */
export const projectFromRow = ({ settings, ...row }: ProjectRow): Project => ({
  id: row.id,
  workspaceId: row.workspace_id,
  name: row.name,
  state: stateOf(row),
  settings: { ...defaultProjectSettings, ...settings },
})

const stateOf = ({
  disabled_at,
  deleted_at,
}: Pick<ProjectRow, 'disabled_at' | 'deleted_at'>): ProjectState =>
  deleted_at !== null ? 'deleted' : disabled_at !== null ? 'disabled' : 'active'

/** Of the server's own project alone, which has no keys. */
const serverWorkspaceId = 'WSP_server' as WorkspaceId

/** The store of projects and their quotas. */
export const createProjectStore = (database: Database): ProjectStore => ({
  async find(id) {
    const [row] = await database.query<ProjectRow>(
      'projects-find',
      `select ${projectColumns} from projects where id = $1 and deleted_at is null`,
      [id],
    )
    return row === undefined ? null : projectFromRow(row)
  },

  async list() {
    const rows = await database.query<SummaryRow>(
      'projects-list',
      `${summarySql} where p.id <> '${serverProjectId}' order by p.created_at, p.id`,
    )
    return rows.map(summaryFromRow)
  },

  async listErased() {
    const rows = await database.query<{ id: ProjectId }>(
      'projects-erased',
      `select details->>'projectId' as id from events where project_id = 'server' and type = 'project.erased' order by id`,
    )
    return rows.map(({ id }) => id)
  },

  async summarize(id) {
    const [row] = await database.query<SummaryRow>('projects-summarize', `${summarySql} where p.id = $1`, [
      id,
    ])
    return row === undefined ? null : summaryFromRow(row)
  },

  async update(id, { name = null, isActive, settings = {}, tokensGranted }) {
    return database.transaction(async (tx) => {
      const [row] = await tx.query<ProjectRow>(
        'projects-update',
        `update projects
        set name = coalesce($2, name), settings = settings || $3::jsonb
        where id = $1 and deleted_at is null
        returning ${projectColumns}`,
        [id, name, JSON.stringify(settings)],
      )
      if (row === undefined) return null
      if (tokensGranted !== undefined) {
        await tx.query('quotas-grant', 'update quotas set tokens_granted = $2 where project_id = $1', [
          id,
          tokensGranted,
        ])
      }
      const changed = [
        ...(name === null ? [] : ['name']),
        ...Object.keys(settings),
        ...(tokensGranted === undefined ? [] : ['tokens']),
      ]
      // The names of the settings, not their values: a value may be a fixed code, or the name of a person.
      if (changed.length > 0)
        await recordActions(tx, [{ scope: id, type: 'project.changed', details: { changed } }])
      return projectFromRow(isActive === undefined ? row : await setActive(tx, row, isActive))
    })
  },

  ensureServer: (name) =>
    database.transaction(async (tx) => {
      await insertWorkspace(tx, serverWorkspaceId)
      await tx.query(
        'projects-insert-server',
        `insert into projects (id, workspace_id, name, settings)
        values ($1, $2, $3, '{}')
        on conflict do nothing`,
        [serverProjectId, serverWorkspaceId, name],
      )
      await tx.query(
        'quotas-insert-server',
        'insert into quotas (project_id, tokens_granted) values ($1, null) on conflict do nothing',
        [serverProjectId],
      )
    }),

  delete: (id) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<ProjectRow>(
        'projects-lock',
        `select ${projectColumns} from projects where id = $1 for update`,
        [id],
      )
      if (row === undefined) return null
      const state = stateOf(row)
      if (state !== 'disabled') return state
      await tx.query('projects-delete', 'update projects set deleted_at = clock_now() where id = $1', [id])
      await recordActions(tx, [{ scope: id, type: 'project.deleted', details: {} }])
      return state
    }),

  async create({ id, workspaceId, name, settings, tokensGranted }) {
    return database.transaction(async (tx) => {
      const workspace = workspaceId ?? newId<WorkspaceId>('WSP_')
      await insertWorkspace(tx, workspace)
      const project: Project = {
        id: id ?? newId<ProjectId>('PRJ_'),
        workspaceId: workspace,
        name,
        state: 'active',
        settings,
      }
      await tx.query(
        'projects-insert',
        'insert into projects (id, workspace_id, name, settings) values ($1, $2, $3, $4)',
        [project.id, workspace, name, JSON.stringify(settings)],
      )
      await tx.query('quotas-insert', 'insert into quotas (project_id, tokens_granted) values ($1, $2)', [
        project.id,
        tokensGranted,
      ])
      await recordActions(tx, [{ scope: project.id, type: 'project.created', details: {} }])
      return project
    })
  },
})

/** The row as it is now, of which the transaction holds the lock. */
async function setActive(tx: Transaction, row: ProjectRow, isActive: boolean): Promise<ProjectRow> {
  if (isActive === (row.disabled_at === null)) return row
  const [changed] = await tx.query<ProjectRow>(
    'projects-set-active',
    `update projects set disabled_at = case when $2::boolean then null else clock_now() end
    where id = $1
    returning ${projectColumns}`,
    [row.id, isActive],
  )
  const type = isActive ? 'project.enabled' : 'project.disabled'
  await recordActions(tx, [{ scope: row.id, type, details: {} }])
  return changed ?? row
}

type SummaryRow = ProjectRow & { created_at: Date; granted: number | null; used: number | null }

const summarySql = `
  select p.id, p.workspace_id, p.name, p.settings, p.disabled_at, p.deleted_at, p.created_at, q.tokens_granted as granted, q.tokens_used as used
  from projects p
  left join quotas q on q.project_id = p.id`

const summaryFromRow = ({ created_at, granted, used, ...row }: SummaryRow): ProjectSummary => ({
  ...projectFromRow(row),
  // The quota of a deleted project may be erased already.
  tokens: { granted, used: used ?? 0 },
  createdAt: created_at,
})

const insertWorkspace = (tx: Transaction, id: WorkspaceId): Promise<unknown> =>
  tx.query('workspaces-insert', 'insert into workspaces (id) values ($1) on conflict do nothing', [id])

/** An id as the documents show it: `PRJ_abc123def456`. */
const newId = <Id extends string>(prefix: string): Id => `${prefix}${randomBytes(6).toString('hex')}` as Id
