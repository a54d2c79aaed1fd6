import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useMemo } from 'react'
import { isDevelopment } from '../../api/mode.ts'
import { type Project, projectsQuery } from '../../api/projects.ts'
import { newestFirst, verificationsQuery } from '../../api/verifications.ts'
import { buttonClass } from '../../components/button.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { ListSearch } from '../../components/list-search.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import { Table } from '../../components/table/table.tsx'
import { useProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { useColumns } from './use-columns.tsx'
import { useFilters, useVerificationFilter } from './use-filters.ts'
import { words as verificationsWords } from './words.ts'

/** More projects than that are not searched at once. */
const projectsMax = 20

/** What became of each code: search, filters, a list, and the timeline of one over it. */
export function VerificationsPage() {
  const words = useWords(verificationsWords)
  const project = useProject()
  const { data: projects, error, refetch } = useQuery(projectsQuery)
  const filters = useFilters(project?.projectId ?? null)
  const searched = useMemo(() => (project === null ? projects : [project]), [project, projects])
  return (
    <Page title={words.title} sentence={words.sentence}>
      <FilterBar filters={filters}>
        <ListSearch label={words.search} verb={words.searchVerb} />
      </FilterBar>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : searched === undefined ? (
        <Skeleton lines={8} />
      ) : searched.length > projectsMax ? (
        <Empty icon="project" title={words.tooManyProjects} />
      ) : (
        <List projects={searched} />
      )}
      <Outlet />
    </Page>
  )
}

function List({ projects }: { projects: readonly Project[] }) {
  const words = useWords(verificationsWords)
  const filter = useVerificationFilter()
  const columns = useColumns(projects)
  const query = useInfiniteQuery(
    verificationsQuery(
      projects.map(({ projectId }) => projectId),
      filter,
    ),
  )
  const rows = useMemo(() => query.data && newestFirst(query.data.pages), [query.data])
  const isFiltered = Object.keys(filter).length > 0
  return (
    <Table
      label={words.label}
      columns={columns}
      rows={rows}
      keyOf={({ verificationId }) => verificationId}
      pathOf={({ projectId, verificationId }) => `/verifications/${projectId}/${verificationId}`}
      failure={query.error}
      onRetry={() => void query.refetch()}
      isSortedByServer
      more={
        query.hasNextPage
          ? { isLoading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }
          : null
      }
      exportName="verifications"
      empty={isFiltered ? <Nothing mayFollow={query.hasNextPage} /> : <None />}
    />
  )
}

function None() {
  const words = useWords(verificationsWords)
  return (
    <Empty
      icon="verifications"
      title={words.emptyTitle}
      action={
        isDevelopment && (
          <PathLink path="/playground" className={buttonClass('primary')}>
            {words.tryIt}
          </PathLink>
        )
      }
    >
      {words.empty}
    </Empty>
  )
}

function Nothing({ mayFollow }: { mayFollow: boolean }) {
  const words = useWords(verificationsWords)
  return (
    <Empty
      icon="search"
      title={words.nothingTitle}
      action={
        <PathLink path="/verifications" query={{}} className={buttonClass()}>
          {words.clear}
        </PathLink>
      }
    >
      {mayFollow ? words.pageEmpty : words.nothing}
    </Empty>
  )
}
