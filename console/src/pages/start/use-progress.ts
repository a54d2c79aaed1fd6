import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { inboxQuery } from '../../api/inbox.ts'
import { request } from '../../api/request.ts'
import { isSignedIn, sessionQuery } from '../../api/session.ts'
import { trialsQuery } from '../../api/trials.ts'
import { readKept, writeKept } from '../../manners/kept.ts'

/** What the checklist is about. */
export const stepIds = [
  'key',
  'sent',
  'verified',
  'carrier',
  'texts',
  'webhook',
  'operator',
  'backup',
] as const
export type StepId = (typeof stepIds)[number]

/** Whether a step is done; null where only a signed-in operator may know. */
export type Progress = Record<StepId, boolean | null>

/** What is done, as far as the server tells it. A restored backup leaves no trace there, so the reader marks it. */
export function useProgress() {
  const [isBackupSeen, setIsBackupSeen] = useState(() => readKept('start.backup') !== null)
  const { data: trials } = useQuery(trialsQuery)
  const { data: messages = [] } = useQuery(inboxQuery(100))
  const { data: session } = useQuery(sessionQuery)
  const known = useAdminProgress(isSignedIn(session), trials?.[0]?.projectId ?? null)

  const progress: Progress = {
    key: trials === undefined ? null : trials.some(({ headers }) => Object.keys(headers).length > 0),
    sent: messages.length > 0,
    verified: messages.some(({ verifiedAt }) => verifiedAt !== null),
    ...known,
    backup: isBackupSeen,
  }
  return {
    progress,
    markBackup(isSeen: boolean) {
      writeKept('start.backup', isSeen ? 'seen' : null)
      setIsBackupSeen(isSeen)
    },
  }
}

type AdminAnswers = {
  carriers: { carriers: { kind: string }[] }
  texts: { texts: unknown[] }
  webhooks: { webhooks: unknown[] }
  operators: { operators: unknown[] }
}

/** What the admin API knows. A list that an operator may not see stays unknown. */
function useAdminProgress(isEnabled: boolean, projectId: string | null) {
  const ask = <Answer>(path: string) => ({
    queryKey: ['start', path],
    enabled: isEnabled && projectId !== null,
    retry: false,
    queryFn: ({ signal }: { signal: AbortSignal }) => request<Answer>(path, { signal }),
  })
  const project = `admin/v1/projects/${projectId}`
  const [carriers, texts, webhooks, operators] = useQueries({
    queries: [
      ask<AdminAnswers['carriers']>('admin/v1/carriers'),
      ask<AdminAnswers['texts']>(`${project}/texts`),
      ask<AdminAnswers['webhooks']>(`${project}/webhooks`),
      ask<AdminAnswers['operators']>('admin/v1/operators'),
    ],
  })
  return {
    carrier: carriers.data?.carriers.some(({ kind }) => kind !== 'inbox') ?? null,
    texts: texts.data === undefined ? null : texts.data.texts.length > 0,
    webhook: webhooks.data === undefined ? null : webhooks.data.webhooks.length > 0,
    operator: operators.data === undefined ? null : operators.data.operators.length > 1,
  }
}
