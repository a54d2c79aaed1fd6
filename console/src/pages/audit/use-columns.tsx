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
        cell: ({ type, details }) => (
          <>
            <span className="font-mono whitespace-nowrap">{type}</span>
            {/* A narrow screen has no columns for these. */}
            <span className="block text-12 break-words text-grey-3 lg:hidden">{renderDetails(details)}</span>
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
        cell: ({ details, challengeId, accountId }) => (
          <span className="flex flex-wrap gap-x-3 text-grey-3">
            <span className="break-words">{renderDetails(details)}</span>
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
        ),
        isUnsortable: true,
        isSecondary: true,
      },
    ],
    [words, projectId],
  )
}

const renderDetails = (details: AuditEvent['details']): string =>
  Object.entries(details ?? {})
    .flatMap(([name, value]) =>
      value === null ? [] : [`${name}: ${Array.isArray(value) ? value.join(' ') : String(value)}`],
    )
    .join(', ')
