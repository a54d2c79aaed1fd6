import { useMemo } from 'react'
import type { AuditEvent } from '../../api/events.ts'
import { Time } from '../../components/figures.tsx'
import { PathLink } from '../../components/path-link.tsx'
import type { Column } from '../../components/table/column.ts'
import { useWords } from '../../language/language.tsx'
import { words as auditWords } from './words.ts'

/** The columns of the audit. An event leads to the code and the user that it is about. */
export function useColumns(projectId: string | null): Column<AuditEvent>[] {
  const words = useWords(auditWords)
  return useMemo(
    (): Column<AuditEvent>[] => [
      {
        id: 'at',
        head: words.at,
        value: ({ at }) => at,
        cell: ({ at }) => <Time at={at} />,
      },
      {
        id: 'type',
        head: words.type,
        value: ({ type }) => type,
        cell: (event) => (
          <>
            <span className="font-mono whitespace-nowrap">{event.type}</span>
            {/* A narrow screen has no column for it. */}
            <span className="block text-12 lg:hidden">
              <About event={event} projectId={projectId} />
            </span>
          </>
        ),
      },
      {
        id: 'address',
        head: words.address,
        value: ({ address }) => address,
        cell: ({ address }) => <span className="font-mono">{address ?? '–'}</span>,
        isSecondary: true,
      },
      {
        id: 'details',
        head: words.details,
        value: ({ details }) => renderDetails(details),
        cell: (event) => <About event={event} projectId={projectId} />,
        isUnsortable: true,
        isSecondary: true,
      },
    ],
    [words, projectId],
  )
}

type AboutProps = { event: AuditEvent; projectId: string | null }

/** What an event says of itself, and the code and the user that it is about. */
function About({ event: { details, challengeId, accountId }, projectId }: AboutProps) {
  const words = useWords(auditWords)
  return (
    <span className="flex flex-wrap gap-x-3 text-grey-3">
      <span className="min-w-0 break-words">{renderDetails(details)}</span>
      {challengeId !== null && projectId !== null && (
        <PathLink
          path={`/verifications/${projectId}/${challengeId}`}
          query={{}}
          className="text-accent underline"
        >
          {words.verification}
        </PathLink>
      )}
      {accountId !== null && (
        <PathLink path={`/users/${accountId}`} query={{}} className="text-accent underline">
          {words.user(accountId)}
        </PathLink>
      )}
    </span>
  )
}

const renderDetails = (details: AuditEvent['details']): string =>
  Object.entries(details ?? {})
    .flatMap(([name, value]) =>
      value === null ? [] : [`${name}: ${Array.isArray(value) ? value.join(' ') : String(value)}`],
    )
    .join(', ')
