import type { Business } from '../../domain/account.ts'
import type { ProjectId } from '../../domain/project.ts'

/** The columns of a business, for every statement that reads one; `b` is its table. */
export const businessColumns = 'b.project_id, b.id, b.name, b.type, b.is_verified'

export type BusinessRow = {
  project_id: ProjectId
  id: number
  name: string
  type: string
  is_verified: boolean
}

export const businessFromRow = (row: BusinessRow): Business => ({
  projectId: row.project_id,
  id: row.id,
  name: row.name,
  type: row.type,
  isVerified: row.is_verified,
})
