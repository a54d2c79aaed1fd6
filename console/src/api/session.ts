import { queryOptions, useQuery } from '@tanstack/react-query'
import { Failure } from './failure.ts'
import { request } from './request.ts'

export type Role = 'owner' | 'operator' | 'viewer'

export type Operator = {
  id: string
  email: string
  name: string | null
  role: Role
  /** The projects that the operator sees; null for all. */
  projects: string[] | null
}

/** The second factors that an operator has set up. */
export type SecondFactor = { passkeys: number; totp: boolean; recoveryCodes: number }

export type Session = {
  sessionId: string
  /** In `second-factor` it opens nothing but the second step of the sign-in. */
  state: 'signed-in' | 'second-factor'
  operator: Operator
  secondFactor: SecondFactor
  expiresAt: string
}

/** The session of this browser; null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: ({ signal }): Promise<Session | null> =>
    request<Session>('admin/v1/session', { signal }).catch((error: unknown) => {
      if (error instanceof Failure && ['signed-out', 'missing'].includes(error.kind)) return null
      throw error
    }),
})

/** Whether a session opens the console. */
export const isSignedIn = (session: Session | null | undefined): session is Session =>
  session?.state === 'signed-in'

/** Who is signed in; null for nobody, and while the answer is on its way. */
export function useOperator(): Operator | null {
  const { data: session } = useQuery(sessionQuery)
  return isSignedIn(session) ? session.operator : null
}

/** What the admin API asks of a caller: `view` reads, `change` changes what a project has, `own` the rest. */
export type Permission = 'view' | 'change' | 'own'

const permissions: Record<Role, Permission[]> = {
  viewer: ['view'],
  operator: ['view', 'change'],
  owner: ['view', 'change', 'own'],
}

/** Whether the operator may do it. The server decides; this only spares a reader what would be refused. */
export function useMay(permission: Permission): boolean {
  const operator = useOperator()
  return operator !== null && permissions[operator.role].includes(permission)
}
