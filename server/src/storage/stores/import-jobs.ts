import type { ImportJob, ImportJobReport, ImportJobStore } from '../../engine/ports/import-jobs.ts'
import type { Database } from '../postgres/database.ts'

/** The imports that operators have started. */
export const createImportJobStore = (database: Database): ImportJobStore => ({
  create: ({ projectId, id, nodeId }) =>
    database.transaction(async (tx) => {
      // One after the other, so that two operators do not import the same people at once.
      await tx.query('imports-lock', "select pg_advisory_xact_lock(hashtext('watchword.imports ' || $1))", [
        projectId,
      ])
      const [row] = await tx.query<ImportRow>(
        'imports-create',
        `with created as (
          insert into imports (project_id, id, node_id, state, share, report, created_at)
          select $1, $2, $3, 'running', 0, $4, clock_now()
          where not exists (
            select from imports i join nodes n on n.id = i.node_id and ${isNodeAlive}
            where i.project_id = $1 and i.state = 'running')
          returning *
        )
        select ${columns}, true as is_node_alive from created i`,
        [projectId, id, nodeId, JSON.stringify(nothing)],
      )
      return row === undefined ? null : importFromRow(row)
    }),

  async progress({ projectId, id }, share) {
    await database.query(
      'imports-progress',
      "update imports set share = $3 where project_id = $1 and id = $2 and state = 'running'",
      [projectId, id, share],
    )
  },

  async end({ projectId, id }, { state, report }) {
    await database.query(
      'imports-end',
      `update imports
      set state = $3, report = $4, share = 1, ended_at = clock_now()
      where project_id = $1 and id = $2`,
      [projectId, id, state, JSON.stringify(report)],
    )
  },

  async find(projectId, id) {
    const [row] = await database.query<ImportRow>(
      'imports-find',
      `${importsSql} where i.project_id = $1 and i.id = $2`,
      [projectId, id],
    )
    return row === undefined ? null : importFromRow(row)
  },

  async list(projectId, limit) {
    const rows = await database.query<ImportRow>(
      'imports-list',
      `${importsSql} where i.project_id = $1 order by i.created_at desc, i.id limit $2`,
      [projectId, limit],
    )
    return rows.map(importFromRow)
  },
})

/** A node says every five seconds that it runs. */
const isNodeAlive = "n.seen_at > clock_now() - interval '30 seconds'"

const columns = 'i.project_id, i.id, i.state, i.share, i.report, i.created_at, i.ended_at'

const importsSql = `
  select ${columns}, n.id is not null as is_node_alive
  from imports i
  left join nodes n on n.id = i.node_id and ${isNodeAlive}`

type ImportRow = {
  project_id: ImportJob['projectId']
  id: string
  state: 'running' | 'finished' | 'failed'
  share: number
  report: ImportJobReport
  created_at: Date
  ended_at: Date | null
  is_node_alive: boolean
}

const nothing: ImportJobReport = {
  lines: 0,
  stored: 0,
  withoutPassword: 0,
  skipped: [],
  badLines: 0,
  bad: [],
  problem: null,
}

const importFromRow = ({ state, is_node_alive, ...row }: ImportRow): ImportJob => ({
  projectId: row.project_id,
  id: row.id,
  state: state === 'running' && !is_node_alive ? 'interrupted' : state,
  share: row.share,
  report: row.report,
  createdAt: row.created_at,
  endedAt: row.ended_at,
})
