import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Counts, type Overview, overviewQuery, type Range } from '../../api/overview.ts'
import type { Project } from '../../api/projects.ts'
import { Section } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { countColumns } from './count-columns.tsx'
import { RightNow } from './right-now.tsx'
import { words as overviewWords } from './words.ts'

type ProjectRow = Counts & { project: Project }

/** The server as a whole, and each project in a row. */
export function AllProjects({ projects, range }: { projects: Project[]; range: Range }) {
  const words = useWords(overviewWords)
  const formats = useFormats()
  const answers = useQueries({
    queries: projects.map(({ projectId }) => ({
      ...overviewQuery(projectId, { range }),
      placeholderData: keepPreviousData<Overview | undefined>,
    })),
  })
  const failure = answers.find(({ error }) => error !== null)?.error
  const currency = answers.find(({ data }) => data !== undefined)?.data?.currency ?? ''
  const rows = answers.every(({ data }) => data !== undefined)
    ? answers.flatMap(({ data }, index): ProjectRow[] => {
        const project = projects[index]
        return data === undefined || project === undefined ? [] : [{ ...data.total, project }]
      })
    : undefined
  const columns = useMemo((): Column<ProjectRow>[] => {
    const name: Column<ProjectRow> = {
      id: 'project',
      head: words.project,
      value: ({ project }) => project.name,
      cell: ({ project }) => (
        <PathLink
          path="/overview"
          query={{ project: project.projectId, range }}
          className="font-strong text-accent hover:underline"
        >
          {project.name}
        </PathLink>
      ),
    }
    return [name, ...countColumns<ProjectRow>({ words, formats, currency })]
  }, [words, formats, currency, range])
  return (
    <>
      <RightNow projectId={null} total={rows && sumOf(rows)} range={range} />
      <Section title={words.projects}>
        <p className="mb-4 text-grey-3">{words.chooseProject}</p>
        <Table
          label={words.projects}
          columns={columns}
          rows={rows}
          keyOf={({ project }) => project.projectId}
          failure={failure}
          exportName="projects"
          empty={<Empty icon="project" title={words.emptyTitle} />}
        />
      </Section>
    </>
  )
}

/** Counts add up; medians do not, so the sum has none. */
function sumOf(rows: readonly Counts[]): Counts {
  const sum = (count: (row: Counts) => number) => rows.reduce((before, row) => before + count(row), 0)
  return {
    ...nothing,
    sent: sum(({ sent }) => sent),
    delivered: sum(({ delivered }) => delivered),
    verified: sum(({ verified }) => verified),
  }
}

const nothing: Counts = {
  sent: 0,
  accepted: 0,
  delivered: 0,
  verified: 0,
  conversion: null,
  medianSeconds: null,
  p95Seconds: null,
  messages: 0,
  refused: 0,
  lost: 0,
  cost: 0,
}
