import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type AuditEvent, lastHourQuery } from '../../api/events.ts'
import { Time } from '../../components/figures.tsx'
import { Notice } from '../../components/meaning.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useWords } from '../../language/language.tsx'
import { words as abuseWords } from './words.ts'

/** One kind of refusal: how often, when last, and to which addresses. */
type Hit = {
  key: string
  kind: 'send' | 'check' | 'other'
  refusal: string
  count: number
  last: string
  addresses: string[]
}

/** What was refused in the last hour, by why. */
export function CapsHit({ projectId }: { projectId: string }) {
  const words = useWords(abuseWords)
  const { data, error, refetch } = useQuery(lastHourQuery(projectId))
  const hits = useMemo(() => data && countHits(data.events), [data])
  const columns = useMemo(
    (): Column<Hit>[] => [
      { id: 'what', head: words.what, value: ({ refusal }) => words.refusals[refusal] ?? refusal },
      { id: 'kind', head: words.kind, value: ({ kind }) => words[kind], isSecondary: true },
      { id: 'count', head: words.count, value: ({ count }) => count, isNumber: true },
      { id: 'last', head: words.last, value: ({ last }) => last, cell: ({ last }) => <Time at={last} /> },
      {
        id: 'examples',
        head: words.examples,
        value: ({ addresses }) => addresses.join(' '),
        cell: ({ addresses }) => (
          <span className="font-mono">
            {addresses.slice(0, 3).join(' ')}
            {addresses.length > 3 && ` +${addresses.length - 3}`}
          </span>
        ),
        isSecondary: true,
      },
    ],
    [words],
  )
  return (
    <>
      {data?.isWhole === false && (
        <div className="mb-3">
          <Notice kind="warn">{words.capsPartly}</Notice>
        </div>
      )}
      <Table
        label={words.caps}
        columns={columns}
        rows={hits}
        keyOf={({ key }) => key}
        failure={error}
        onRetry={() => void refetch()}
        exportName="caps"
        empty={<p className="text-grey-3">{words.noCaps}</p>}
      />
    </>
  )
}

const kinds: Record<string, Hit['kind']> = {
  'challenge.refused': 'send',
  'challenge.attempt-failed': 'check',
}

/** Refusals by kind, the most frequent first. After the first twenty the server counts them in one event. */
function countHits(events: readonly AuditEvent[]): Hit[] {
  const hits = new Map<string, Hit>()
  for (const { type, at, address, details } of events) {
    const { refusal, event, count } = (details ?? {}) as { refusal?: string; event?: string; count?: number }
    const isCounted = type === 'refusals.counted'
    if (refusal === undefined || !(isCounted || type in kinds)) continue
    const kind = kinds[isCounted ? (event ?? '') : type] ?? 'other'
    const key = `${kind} ${refusal}`
    const hit = hits.get(key) ?? { key, kind, refusal, count: 0, last: at, addresses: [] }
    hits.set(key, {
      ...hit,
      count: hit.count + (isCounted ? (count ?? 0) : 1),
      last: at,
      addresses:
        address === null || hit.addresses.includes(address) ? hit.addresses : [...hit.addresses, address],
    })
  }
  return [...hits.values()].sort((one, other) => other.count - one.count)
}
