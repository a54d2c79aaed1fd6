import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'
import type { Operator, Role, SecondFactor } from './session.ts'

export const roles: readonly Role[] = ['viewer', 'operator', 'owner']

/** An operator as the list has them. */
export type ListedOperator = Operator & {
  createdAt: string
  /** Null before the first sign-in. */
  lastSeenAt: string | null
  sessions: number
  secondFactor: SecondFactor
}

export type Invited = { operator: Operator; link: string; linkExpiresAt: string; isMailed: boolean }

const operatorsPath = 'admin/v1/operators'

/** The path of an operator in the API. */
export const operatorPath = (id: string): string => `${operatorsPath}/${encodeURIComponent(id)}`

export const operatorsQuery = queryOptions({
  queryKey: ['operators'],
  queryFn: async ({ signal }) =>
    (await request<{ operators: ListedOperator[] }>(operatorsPath, { signal })).operators,
})

/** Invites an operator, whose link is in this answer alone. */
export const inviteOperator = (body: {
  email: string
  name?: string
  role: string
  projects: string[] | null
}) => request<Invited>(operatorsPath, { method: 'POST', body })

/** Makes another link for an operator who has lost the former one. */
export const makeLink = (id: string) =>
  request<Invited>(`${operatorPath(id)}/link`, { method: 'POST', body: {} })

export type OwnSession = {
  sessionId: string
  isCurrent: boolean
  method: 'link' | 'code' | 'open-id'
  createdAt: string
  lastUsedAt: string
  expiresAt: string
  network: string | null
  userAgent: string | null
}

export const ownSessionsQuery = queryOptions({
  queryKey: ['session', 'all'],
  queryFn: async ({ signal }) =>
    (await request<{ sessions: OwnSession[] }>('admin/v1/session/all', { signal })).sessions,
})

export type Passkey = { passkeyId: string; name: string; createdAt: string; lastUsedAt: string | null }

export const passkeysQuery = queryOptions({
  queryKey: ['session', 'passkeys'],
  queryFn: async ({ signal }) =>
    (await request<{ passkeys: Passkey[] }>('admin/v1/session/passkeys', { signal })).passkeys,
})
