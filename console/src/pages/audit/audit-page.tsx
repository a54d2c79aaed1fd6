import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { eventsQuery, exportUrl } from '../../api/events.ts'
import { ranges, type Range } from '../../api/overview.ts'
import { buttonClass } from '../../components/button.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { Icon } from '../../components/icon.tsx'
import { Notice } from '../../components/meaning.tsx'
import { Page } from '../../components/page.tsx'
import { Empty } from '../../components/states.tsx'
import { parseSorting, renderSorting } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useProject } from '../../components/with-project.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { useQueryText } from '../../manners/use-query-text.ts'
import { useColumns } from './use-columns.tsx'
import { words as auditWords } from './words.ts'

/** The events of a project; without one, those of the server itself. */
export function AuditPage() {
  const words = useWords(auditWords)
  const shared = useWords(verificationWords)
  const project = useProject()
  const projectId = project?.projectId ?? null
  const hour = { value: '', label: shared.ranges.hour }
  const longer = ranges.slice(1).map((value) => ({ value, label: shared.ranges[value] }))
  const areas = Object.entries(words.areas).map(([value, label]) => ({ value, label }))
  return (
    <Page title={words.title} sentence={words.sentence} action={<ExportAll projectId={projectId} />}>
      <FilterBar
        filters={[
          { name: 'range', label: words.range, options: [hour, ...longer] },
          { name: 'about', label: words.area, options: [{ value: '', label: words.all }, ...areas] },
        ]}
      />
      {projectId === null && <p className="mb-4 text-grey-3">{words.ofServer}</p>}
      <Events key={projectId} projectId={projectId} />
    </Page>
  )
}

/** The whole range as a file, however long it is. The range ends when the link is followed. */
function ExportAll({ projectId }: { projectId: string | null }) {
  const words = useWords(auditWords)
  const [range] = useQueryText('range')
  const url = exportUrl(projectId, readAuditRange(range))
  return (
    <a href={url} download="audit.jsonl" className={buttonClass()}>
      <Icon name="download" size={16} />
      {words.exportAll}
    </a>
  )
}

/** An hour is little enough to be shown whole on most servers; the API begins with the oldest. */
const readAuditRange = (text: string): Range => ranges.find((range) => range === text) ?? 'hour'

function Events({ projectId }: { projectId: string | null }) {
  const words = useWords(auditWords)
  const formats = useFormats()
  const [range] = useQueryText('range')
  const [area] = useQueryText('about')
  const [sorting, setSorting] = useQueryText('sort')
  const columns = useColumns(projectId)
  const query = useInfiniteQuery(eventsQuery(projectId, readAuditRange(range)))
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.events), [query.data])
  const rows = useMemo(
    () => events?.filter(({ type }) => area === '' || type.startsWith(`${area}.`)),
    [events, area],
  )
  return (
    <>
      {query.hasNextPage && events !== undefined && (
        <div className="mb-4">
          <Notice kind="warn">{words.more(formats.number(events.length))}</Notice>
        </div>
      )}
      <Table
        label={words.label}
        columns={columns}
        rows={rows}
        keyOf={({ eventId }) => eventId}
        failure={query.error}
        onRetry={() => void query.refetch()}
        sorting={parseSorting(sorting) ?? { by: 'at', isDescending: true }}
        onSort={(chosen) => setSorting(renderSorting(chosen))}
        more={
          query.hasNextPage
            ? { isLoading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }
            : null
        }
        exportName="audit"
        empty={
          <Empty icon="docs" title={words.emptyTitle}>
            {words.empty}
          </Empty>
        }
      />
    </>
  )
}
