import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { type Project, projectsQuery } from '../../api/projects.ts'
import { useMay } from '../../api/session.ts'
import { buttonClass } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { stateMeanings } from './state-meanings.ts'
import { words as projectWords } from './words.ts'

/** The projects of the server, and the way to create one. */
export function ProjectsPage() {
  const words = useWords(projectWords)
  const { data, error, refetch } = useQuery(projectsQuery)
  const mayCreate = useMay('own')
  const create = mayCreate ? (
    <PathLink path="/projects/new" className={buttonClass('primary')}>
      {words.create}
    </PathLink>
  ) : undefined
  return (
    <Page title={words.title} sentence={words.sentence} action={create}>
      <Table
        label={words.title}
        columns={useColumns()}
        rows={data}
        failure={data === undefined ? error : null}
        onRetry={() => void refetch()}
        keyOf={({ projectId }) => projectId}
        pathOf={({ projectId }) => `/projects/${projectId}`}
        exportName="projects"
        empty={
          <Empty icon="project" title={words.emptyTitle} action={create}>
            {words.empty}
          </Empty>
        }
      />
      <Outlet />
    </Page>
  )
}

function useColumns(): Column<Project>[] {
  const words = useWords(projectWords)
  const formats = useFormats()
  return [
    { id: 'name', head: words.name, value: ({ name }) => name },
    {
      id: 'state',
      head: words.state,
      value: ({ state }) => words.states[state],
      cell: ({ state }) => <Meaning kind={stateMeanings[state]}>{words.states[state]}</Meaning>,
    },
    { id: 'used', head: words.sends, value: ({ tokens }) => tokens.used, isNumber: true },
    {
      id: 'granted',
      head: words.quota,
      value: ({ tokens }) => tokens.granted,
      cell: ({ tokens }) => (tokens.granted === null ? words.noLimit : formats.number(tokens.granted)),
      isNumber: true,
      isSecondary: true,
    },
    {
      id: 'id',
      head: words.id,
      value: ({ projectId }) => projectId,
      cell: ({ projectId }) => <span className="font-mono">{projectId}</span>,
      isSecondary: true,
    },
    {
      id: 'created',
      head: words.created,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      isSecondary: true,
    },
  ]
}
