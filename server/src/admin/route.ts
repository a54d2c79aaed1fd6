import type { Static, TSchema } from 'typebox'
import type { Actor, OperatorRole } from '../domain/operator.ts'
import type { ProjectId } from '../domain/project.ts'
import type { OpenOperatorSession } from '../engine/ports/operator-sessions.ts'
import type { Answer, Call, Route } from '../http/dialect.ts'

/** Who calls: a program with the admin token, or an operator who is signed in. */
export type Identity = {
  actor: Actor
  role: OperatorRole
  /** Null for all projects. */
  projects: readonly ProjectId[] | null
}

/**
 * A route of the admin API. It declares the role that it needs. Below a project it is for whoever has that project, elsewhere for
 * whoever has all; `reach` says where it is otherwise: it concerns all projects of the `workspace`, or shows of the `listed`
 * ones only those that the caller has.
 */
export type AdminRoute = Omit<Route<Identity>, 'access' | 'admit' | 'role'> & {
  role: OperatorRole
  reach?: 'workspace' | 'listed'
}

/** Types `handle` by the schemas of body and query. */
export function defineRoute<Body extends TSchema = TSchema, Query extends TSchema = TSchema>(
  route: Omit<AdminRoute, 'handle' | 'body' | 'query'> & {
    body?: Body
    query?: Query
    handle: (call: Call<Static<Body>, Static<Query>>, identity: Identity) => Promise<Answer>
  },
): AdminRoute {
  return route as AdminRoute
}

/** A route about the session of the operator who calls. */
export type SessionRoute = Omit<Route<OpenOperatorSession>, 'access' | 'admit' | 'role'> & {
  /** Whether it also answers while the second factor is missing. */
  isForIncomplete?: boolean
}

/** The same for a route about the session of the operator who calls. */
export function defineSessionRoute<Body extends TSchema = TSchema>(
  route: Omit<SessionRoute, 'handle' | 'body'> & {
    body?: Body
    handle: (call: Call<Static<Body>>, session: OpenOperatorSession) => Promise<Answer>
  },
): SessionRoute {
  return route as SessionRoute
}
