import type { LimitUsage } from '../../domain/limit.ts'
import type { Project } from '../../domain/project.ts'
import type { RecordQuery, RecordStats, RecordStore } from '../ports/records.ts'
import type { CountRequest, RequestCount } from './count-request.ts'

/** The result, or why there is none. Nothing is read for a project that is over its limit. */
export type ReadOutcome<Value> = { ok: true; value: Value; usage: LimitUsage[] } | Refused

type Refused = Extract<RequestCount, { ok: false }>
type RecordPage = Awaited<ReturnType<RecordStore['page']>>
type Tokens = Awaited<ReturnType<RecordStore['tokens']>>

/** Reads what a project has sent. Each call counts as one of its requests. */
export type ReadRecords = {
  page(project: Project, query: Omit<RecordQuery, 'projectId'>): Promise<ReadOutcome<RecordPage>>
  stats(
    project: Project,
    query: Pick<RecordQuery, 'purpose' | 'from' | 'until'>,
  ): Promise<ReadOutcome<RecordStats>>
  tokens(project: Project): Promise<ReadOutcome<Tokens>>
}

export function createReadRecords({
  records,
  countRequest,
}: {
  records: Pick<RecordStore, 'page' | 'stats' | 'tokens'>
  countRequest: CountRequest
}): ReadRecords {
  const readCounted = async <Value>(
    project: Project,
    read: () => Promise<Value>,
  ): Promise<ReadOutcome<Value>> => {
    const count = await countRequest(project)
    return count.ok ? { ok: true, value: await read(), usage: count.usage } : count
  }

  return {
    page: (project, query) => readCounted(project, () => records.page({ ...query, projectId: project.id })),
    stats: (project, query) => readCounted(project, () => records.stats({ ...query, projectId: project.id })),
    tokens: (project) => readCounted(project, () => records.tokens(project.id)),
  }
}
