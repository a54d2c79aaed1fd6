import { maskAddress } from '../../domain/address.ts'
import { type EventScope, type RecordedEvent, serverScope } from '../../domain/event.ts'
import type { Project } from '../../domain/project.ts'
import type { EventStore } from '../ports/events.ts'

export type AuditExport = {
  /** Without a workspace if the project is gone. */
  projects: { id: Project['id']; workspaceId: Project['workspaceId'] | null }[]
  /** Whether to include the events of the server, which come first. */
  withServer: boolean
  from: Date | null
  until: Date | null
  /** Why addresses are exported in full; null masks them. */
  reason: string | null
}

const pageSize = 2_000

/**
 * The events of the server, of projects, and of their workspaces, one scope after the other. The reason for full addresses is
 * recorded before the first event is read.
 */
export async function* exportEvents(
  events: EventStore,
  { projects, withServer, from, until, reason }: AuditExport,
): AsyncGenerator<RecordedEvent[]> {
  if (reason !== null) {
    const details = { reason, from: from?.toISOString() ?? null, until: until?.toISOString() ?? null }
    for (const { id } of projects) await events.record({ scope: id, type: 'audit.exported', details })
  }
  const scopes = new Set<EventScope>([
    ...(withServer ? [serverScope] : []),
    ...projects.flatMap(({ id, workspaceId }) => (workspaceId === null ? [id] : [id, workspaceId])),
  ])
  for (const scope of scopes) {
    let after: string | null = null
    for (;;) {
      const page: RecordedEvent[] = await events.page({ scope, from, until, after, limit: pageSize })
      yield reason === null ? page.map(maskEvent) : page
      if (page.length < pageSize) break
      after = page.at(-1)?.id ?? null
    }
  }
}

/** The event with its address masked, which is enough to recognise it next to the record. */
export const maskEvent = (event: RecordedEvent): RecordedEvent => ({
  ...event,
  address: event.address === null ? null : maskAddress(event.address),
})
