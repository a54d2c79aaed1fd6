import { randomBytes } from 'node:crypto'
import {
  defaultProjectSettings,
  type Project,
  type ProjectId,
  type ProjectSettings,
  type WorkspaceId,
} from '../../domain/project.ts'
import type { ProjectStore, ProjectSummary } from '../../engine/ports/projects.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'

export type ProjectRow = {
  id: ProjectId
  workspace_id: WorkspaceId
  name: string
  settings: Partial<ProjectSettings>
}

/** A setting that a row does not name has its default, so that a new setting needs no migration. */
export const projectFromRow = ({ id, workspace_id, name, settings }: ProjectRow): Project => ({
  id,
  workspaceId: workspace_id,
  name,
  settings: { ...defaultProjectSettings, ...settings },
})

/** The store of projects and their quotas. */
export const createProjectStore = (database: Database): ProjectStore => ({
  async find(id) {
    const [row] = await database.query<ProjectRow>(
      'projects-find',
      'select id, workspace_id, name, settings from projects where id = $1',
      [id],
    )
    return row === undefined ? null : projectFromRow(row)
  },

  async list() {
    const rows = await database.query<SummaryRow>(
      'projects-list',
      `${summarySql} order by p.created_at, p.id`,
    )
    return rows.map(summaryFromRow)
  },

  async summarize(id) {
    const [row] = await database.query<SummaryRow>('projects-summarize', `${summarySql} where p.id = $1`, [
      id,
    ])
    return row === undefined ? null : summaryFromRow(row)
  },

  async update(id, { name = null, settings = {}, tokensGranted }) {
    return database.transaction(async (tx) => {
      const [row] = await tx.query<ProjectRow>(
        'projects-update',
        `update projects
        set name = coalesce($2, name), settings = settings || $3::jsonb
        where id = $1
        returning id, workspace_id, name, settings`,
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
      await recordEvents(tx, [{ scope: id, type: 'project.changed', details: { changed } }])
      return projectFromRow(row)
    })
  },

  async create({ id, workspaceId, name, settings, tokensGranted }) {
    return database.transaction(async (tx) => {
      const workspace = workspaceId ?? newId<WorkspaceId>('WSP_')
      await insertWorkspace(tx, workspace)
      const project: Project = { id: id ?? newId<ProjectId>('PRJ_'), workspaceId: workspace, name, settings }
      await tx.query(
        'projects-insert',
        'insert into projects (id, workspace_id, name, settings) values ($1, $2, $3, $4)',
        [project.id, workspace, name, JSON.stringify(settings)],
      )
      await tx.query('quotas-insert', 'insert into quotas (project_id, tokens_granted) values ($1, $2)', [
        project.id,
        tokensGranted,
      ])
      await recordEvents(tx, [{ scope: project.id, type: 'project.created', details: {} }])
      return project
    })
  },
})

type SummaryRow = ProjectRow & { created_at: Date; granted: number | null; used: number }

const summarySql = `
  select p.id, p.workspace_id, p.name, p.settings, p.created_at, q.tokens_granted as granted, q.tokens_used as used
  from projects p
  join quotas q on q.project_id = p.id`

const summaryFromRow = ({ created_at, granted, used, ...row }: SummaryRow): ProjectSummary => ({
  ...projectFromRow(row),
  tokens: { granted, used },
  createdAt: created_at,
})

const insertWorkspace = (tx: Transaction, id: WorkspaceId): Promise<unknown> =>
  tx.query('workspaces-insert', 'insert into workspaces (id) values ($1) on conflict do nothing', [id])

/** An id as the documents show it: `PRJ_abc123def456`. */
const newId = <Id extends string>(prefix: string): Id => `${prefix}${randomBytes(6).toString('hex')}` as Id
