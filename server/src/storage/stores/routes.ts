import type { Channel } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { RouteEntry, RouteTable } from '../../domain/route.ts'
import type { RouteStore } from '../../engine/ports/routes.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'

type RouteRow = { project_id: ProjectId; channel: Channel; legs: RouteEntry[] }

const routeRows = rowList({ channel: 'text', legs: 'json' })

/** The store of projects' own routes. */
export const createRouteStore = (database: Database): RouteStore => ({
  async find(projectId) {
    const rows = await database.query<RouteRow>(
      'routes-find',
      'select project_id, channel, legs from routes where project_id = $1',
      [projectId],
    )
    return tableFromRows(rows)
  },

  async listAll() {
    const rows = await database.query<RouteRow>(
      'routes-list',
      'select project_id, channel, legs from routes order by project_id, channel',
    )
    const projects = [...new Set(rows.map(({ project_id }) => project_id))]
    return projects.map((projectId) => ({
      projectId,
      table: tableFromRows(rows.filter(({ project_id }) => project_id === projectId)),
    }))
  },

  put: (projectId, table) =>
    database.transaction(async (tx) => {
      const entries = Object.entries(table).map(([channel, legs]) => ({ channel, legs }))
      await tx.query('routes-remove', 'delete from routes where project_id = $1 and channel = any($2)', [
        projectId,
        entries.map(({ channel }) => channel),
      ])
      await tx.query(
        'routes-insert',
        `insert into routes (project_id, ${routeRows.columns})
        select ${routeRows.after(1)}, ${routeRows.columns}
        from ${routeRows.from}`,
        [...routeRows.values(entries.filter(({ legs }) => legs.length > 0)), projectId],
      )
      await recordActions(tx, [
        { scope: projectId, type: 'project.changed', details: { changed: ['routes'] } },
      ])
    }),
})

const tableFromRows = (rows: RouteRow[]): RouteTable =>
  Object.fromEntries(rows.map(({ channel, legs }) => [channel, legs]))
