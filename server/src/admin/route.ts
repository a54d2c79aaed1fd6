import type { Static, TSchema } from 'typebox'
import type { Answer, Call, Route } from '../http/dialect.ts'

/** A route of the admin API. */
export type AdminRoute = Route

/** Types `handle` by the schemas of body and query. `role` is what an operator needs who calls it. */
export function defineRoute<Body extends TSchema = TSchema, Query extends TSchema = TSchema>({
  role: _,
  ...route
}: Omit<Route, 'access' | 'admit' | 'handle' | 'body' | 'query'> & {
  role: 'viewer' | 'operator' | 'owner'
  body?: Body
  query?: Query
  handle: (call: Call<Static<Body>, Static<Query>>) => Promise<Answer>
}): AdminRoute {
  return { ...route, access: 'bearer' } as AdminRoute
}
