import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { Failure } from './failure.ts'
import { request } from './request.ts'

export const userTypes = ['CITIZEN', 'USER', 'BUSINESS', 'AGENT'] as const
export type UserType = (typeof userTypes)[number]

export type User = {
  userId: number
  type: UserType
  email: string | null
  isEmailVerified: boolean
  phone: string | null
  isPhoneVerified: boolean
  firstName: string | null
  lastName: string | null
  fullName: string | null
  locale: string | null
  isActive: boolean
  createdAt: string
}

/** What a person is called; null where no name is known. */
export function nameOf({ fullName, firstName, lastName }: User): string | null {
  const name = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ')
  return fullName || name || null
}

/** A login on one device. */
export type UserSession = {
  sessionId: string
  label: string | null
  mount: string | null
  createdAt: string
  lastUsedAt: string
  expiresAt: string
}

const usersPath = (projectId: string) => `admin/v1/projects/${projectId}/users`
const pathOf = (projectId: string, userId: number | string) => `${usersPath(projectId)}/${userId}`

type Page = { users: User[]; next: number | null }

export type UserFilter = { search?: string; type?: string }

/** The users of a project, by id: all, or those with an address or an id. */
export const usersQuery = (projectId: string, { search = '', type }: UserFilter) =>
  infiniteQueryOptions({
    queryKey: ['users', projectId, search, type],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam: after, signal }): Promise<Page> =>
      isUserId(search)
        ? findById(projectId, search, signal)
        : request<Page>(usersPath(projectId), { query: { ...readSearch(search), type, after }, signal }),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })

/** Shorter than any phone number. */
const isUserId = (text: string): boolean => /^\d{1,6}$/.test(text)

const readSearch = (text: string) => {
  if (text === '') return {}
  return text.includes('@') ? { email: text } : { phone: text }
}

async function findById(projectId: string, userId: string, signal: AbortSignal): Promise<Page> {
  const user = await request<User>(pathOf(projectId, userId), { signal }).catch((error: unknown) => {
    if (error instanceof Failure && error.kind === 'missing') return null
    throw error
  })
  return { users: user === null ? [] : [user], next: null }
}

export const userQuery = (projectId: string, userId: string) =>
  queryOptions({
    queryKey: ['user', projectId, userId],
    queryFn: ({ signal }) => request<User>(pathOf(projectId, userId), { signal }),
  })

export type UserChange = Partial<{
  email: string | null
  emailVerified: boolean
  phone: string | null
  phoneVerified: boolean
  isActive: boolean
}>

export const changeUser = (projectId: string, userId: number, change: UserChange): Promise<User> =>
  request(pathOf(projectId, userId), { method: 'PATCH', body: change })

export type Erased = { accounts: number; challenges: number; events: number }

/** Erases the person whom a user is, for good. */
export const eraseUser = (projectId: string, userId: number): Promise<Erased> =>
  request(pathOf(projectId, userId), { method: 'DELETE' })

type SessionPage = { sessions: UserSession[]; next: string | null }

export const userSessionsQuery = (projectId: string, userId: number) =>
  infiniteQueryOptions({
    queryKey: ['user-sessions', projectId, userId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam: after, signal }) =>
      request<SessionPage>(`${pathOf(projectId, userId)}/sessions`, { query: { after }, signal }),
    getNextPageParam: ({ next }) => next,
  })

/** Ends one session of a user, or all of them. */
export const endSessions = (projectId: string, userId: number, sessionId: string | null): Promise<unknown> =>
  request(`${pathOf(projectId, userId)}/sessions${sessionId === null ? '' : `/${sessionId}`}`, {
    method: 'DELETE',
  })
