import type { EmailAddress } from './email-address.ts'
import { serverScope } from './event.ts'
import type { ProjectId } from './project.ts'

/** Identifies an operator: `OPR_0f1e2d3c4b5a`. */
export type OperatorId = string & { readonly brand: 'OperatorId' }

/** What an operator may do, from the least to the most: read, change what a project has, and everything. */
export const operatorRoles = ['viewer', 'operator', 'owner'] as const
export type OperatorRole = (typeof operatorRoles)[number]

/** Somebody who runs the server. */
export type Operator = {
  id: OperatorId
  email: EmailAddress
  name: string
  role: OperatorRole
  /** Null for all projects. */
  projects: readonly ProjectId[] | null
}

/** Who did something that is recorded: an operator, a program with the admin token, a command, or the server by itself. */
export type Actor = OperatorId | 'admin-token' | 'command-line' | 'server'

/** The project of the server itself, under which operators get their codes. No list names it. */
export const serverProjectId = serverScope as string as ProjectId

/** Whether a role is the needed one or a higher one. */
export const suffices = (role: OperatorRole, needed: OperatorRole): boolean =>
  operatorRoles.indexOf(role) >= operatorRoles.indexOf(needed)

/** Whether somebody who has these projects has this one. The server's own belongs to nobody. */
export const hasProject = (projects: Operator['projects'], id: string): boolean =>
  id !== serverProjectId && (projects === null || projects.includes(id as ProjectId))

/** Why a role and projects do not go together; null if they do. */
export function whyUnfit({ role, projects }: Pick<Operator, 'role' | 'projects'>): string | null {
  if (role === 'owner' && projects !== null) return 'an owner has all projects: leave projects out'
  if (projects !== null && projects.length === 0) return 'projects must name at least one, or be null for all'
  return null
}

/** An operator is called by the part of the address before the @ until somebody gives a name. */
export const nameOfAddress = (email: EmailAddress): string => email.slice(0, email.lastIndexOf('@'))
