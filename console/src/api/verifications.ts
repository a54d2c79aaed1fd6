import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Channel } from './inbox.ts'
import { request } from './request.ts'

export const outcomes = [
  'verified',
  'delivered',
  'accepted',
  'undelivered',
  'failed',
  'waiting',
  'none',
] as const
export type Outcome = (typeof outcomes)[number]

export type CodeState = 'live' | 'used' | 'locked' | 'replaced' | 'expired'

/** One code for one address, and what became of it. Its address is masked. */
export type Verification = {
  verificationId: string
  purpose: string
  content: string
  channel: Channel
  address: string | null
  recordId: string | null
  userId: number | null
  locale: string
  outcome: Outcome
  state: CodeState | null
  attempts: number
  attemptsMax: number
  createdAt: string
  expiresAt: string
  verifiedAt: string | null
  secondsToVerify: number | null
  carrier: string | null
  country: string | null
  messages: number
  cost: number
}

/** Something that happened to a verification. */
export type TimelineEntry = { at: string } & (
  | { type: 'requested'; key: { keyId: string; name: string } | null }
  | {
      type: 'handed-over'
      attempt: number
      carrier: string
      channel: Channel
      country: string | null
      result: 'accepted' | 'refused' | 'unknown'
      detail: string | null
      carrierMessageId: string | null
      milliseconds: number
      cost: number
    }
  | {
      type: 'reported'
      attempt: number
      carrier: string
      result: 'sent' | 'delivered' | 'undelivered' | 'expired'
      detail: string | null
    }
  | { type: 'attempt-failed'; refusal: string | null }
  | { type: 'inspected' | 'verified' | 'locked' | 'replaced' | 'expired' }
)

export type VerificationDetails = Verification & { currency: string; timeline: TimelineEntry[] }

/** An address in full, as it is read, as it was written, and the second one that a check must repeat. */
export type Revealed = { address: string | null; target: string | null; secondAddress: string | null }

export type VerificationFilter = Partial<
  Record<'search' | 'channel' | 'carrier' | 'country' | 'outcome' | 'from' | 'until', string>
>

/** A verification in the project whose it is. */
export type Found = Verification & { projectId: string }

type Page = { verifications: Verification[]; next: string | null }

/** Where each project goes on; a project that is read to its end is not in it. */
type Cursors = Record<string, string | null>

const pathOf = (projectId: string) => `admin/v1/projects/${projectId}/verifications`

/**
 * The verifications of some projects together, newest first. Each page asks every project that has more, so the rows of
 * the others end where the slowest does (`newestFirst`).
 */
export const verificationsQuery = (projectIds: readonly string[], filter: VerificationFilter) =>
  infiniteQueryOptions({
    queryKey: ['verifications', projectIds, filter],
    initialPageParam: Object.fromEntries(projectIds.map((id) => [id, null])) as Cursors,
    queryFn: ({ pageParam, signal }) =>
      Promise.all(
        Object.entries(pageParam).map(async ([projectId, after]) => ({
          projectId,
          ...(await request<Page>(pathOf(projectId), { query: { ...filter, after }, signal })),
        })),
      ),
    getNextPageParam: (last): Cursors | null => {
      const open = last.filter(({ next }) => next !== null)
      return open.length === 0
        ? null
        : Object.fromEntries(open.map(({ projectId, next }) => [projectId, next]))
    },
    placeholderData: keepPreviousData,
  })

/**
 * One list out of the pages of some projects. Ids sort by time, so it ends where a project that has more may still have newer
 * ones.
 */
export function newestFirst(pages: readonly (Page & { projectId: string })[][]): Found[] {
  const frontier = (pages.at(-1) ?? []).reduce(
    (latest, { next }) => (next !== null && next > latest ? next : latest),
    '',
  )
  return pages
    .flat()
    .flatMap(({ projectId, verifications }) => verifications.map((each) => ({ ...each, projectId })))
    .filter(({ verificationId }) => verificationId >= frontier)
    .sort((one, other) => (one.verificationId < other.verificationId ? 1 : -1))
}

/** One verification with its timeline, asked again while something may still happen to it. */
export const verificationQuery = (projectId: string, verificationId: string) =>
  queryOptions({
    queryKey: ['verification', projectId, verificationId],
    queryFn: ({ signal }) =>
      request<VerificationDetails>(`${pathOf(projectId)}/${verificationId}`, { signal }),
    refetchInterval: ({ state: { data } }) => (data?.state === 'live' ? 3000 : false),
  })

/** Shows an address in full; the audit keeps the reason. */
export const revealAddress = (projectId: string, verificationId: string, reason: string): Promise<Revealed> =>
  request(`${pathOf(projectId)}/${verificationId}/reveal`, { method: 'POST', body: { reason } })
