import { useInfiniteQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useMemo } from 'react'
import { nameOf, type User, usersQuery, userTypes } from '../../api/users.ts'
import { buttonClass } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { ListSearch } from '../../components/list-search.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { WithProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { useQueryTexts } from '../../manners/use-query-texts.ts'
import { words as usersWords } from './words.ts'

/** The accounts of a project; the details of one lie over the list. */
export function UsersPage() {
  const words = useWords(usersWords)
  const types = userTypes.map((value) => ({ value, label: words.types[value] }))
  return (
    <Page title={words.title} sentence={words.sentence}>
      <WithProject>
        {({ projectId }) => (
          <>
            <FilterBar
              filters={[
                { name: 'type', label: words.type, options: [{ value: '', label: words.all }, ...types] },
              ]}
            >
              <ListSearch label={words.search} verb={words.searchVerb} />
            </FilterBar>
            <List projectId={projectId} />
            <Outlet />
          </>
        )}
      </WithProject>
    </Page>
  )
}

function List({ projectId }: { projectId: string }) {
  const words = useWords(usersWords)
  const filter = useQueryTexts(['search', 'type'])
  const columns = useColumns()
  const query = useInfiniteQuery(usersQuery(projectId, filter))
  const rows = useMemo(() => query.data?.pages.flatMap(({ users }) => users), [query.data])
  return (
    <Table
      label={words.label}
      columns={columns}
      rows={rows}
      keyOf={({ userId }) => String(userId)}
      pathOf={({ userId }) => `/users/${userId}`}
      failure={query.error}
      onRetry={() => void query.refetch()}
      more={
        query.hasNextPage
          ? { isLoading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }
          : null
      }
      exportName="users"
      empty={Object.keys(filter).length === 0 ? <None /> : <Nobody />}
    />
  )
}

function useColumns(): Column<User>[] {
  const words = useWords(usersWords)
  return useMemo(
    (): Column<User>[] => [
      {
        id: 'user',
        head: words.user,
        value: (user) => nameOf(user) ?? user.email ?? user.phone ?? String(user.userId),
      },
      { id: 'email', head: words.email, value: ({ email }) => email, isSecondary: true },
      {
        id: 'phone',
        head: words.phone,
        value: ({ phone }) => phone,
        cell: ({ phone }) => <span className="font-mono whitespace-nowrap">{phone ?? '–'}</span>,
      },
      { id: 'type', head: words.type, value: ({ type }) => words.types[type], isSecondary: true },
      {
        id: 'state',
        head: words.state,
        value: ({ isActive }) => (isActive ? words.active : words.disabled),
        cell: ({ isActive }) => (
          <Meaning kind={isActive ? 'good' : 'neutral'}>{isActive ? words.active : words.disabled}</Meaning>
        ),
      },
      {
        id: 'since',
        head: words.since,
        value: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <Time at={createdAt} />,
        isSecondary: true,
      },
      { id: 'id', head: 'Id', value: ({ userId }) => userId, isNumber: true, isSecondary: true },
    ],
    [words],
  )
}

function None() {
  const words = useWords(usersWords)
  return (
    <Empty icon="users" title={words.emptyTitle}>
      {words.empty}
    </Empty>
  )
}

function Nobody() {
  const words = useWords(usersWords)
  return (
    <Empty
      icon="search"
      title={words.nothingTitle}
      action={
        <PathLink path="/users" query={{}} className={buttonClass()}>
          {words.clear}
        </PathLink>
      }
    >
      {words.nothing}
    </Empty>
  )
}
