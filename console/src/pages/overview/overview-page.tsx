import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  type Counts,
  lastWeekQuery,
  type Overview,
  type OverviewFilter,
  overviewQuery,
  ranges,
  readRange,
} from '../../api/overview.ts'
import { type Project, projectsQuery } from '../../api/projects.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { SelectField } from '../../components/field.tsx'
import { Page, Section } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useProject } from '../../components/with-project.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { useQueryText } from '../../manners/use-query-text.ts'
import { useQueryTexts } from '../../manners/use-query-texts.ts'
import { Breakdown } from './breakdown.tsx'
import { countColumns } from './count-columns.tsx'
import { KeyFigures } from './key-figures.tsx'
import { Narrowed } from './narrowed.tsx'
import { RightNow } from './right-now.tsx'
import { words as overviewWords } from './words.ts'

/** Whether codes arrive: a sentence, what is wrong, and the figures behind both. */
export function OverviewPage() {
  const words = useWords(overviewWords)
  const { data: projects, error, refetch } = useQuery(projectsQuery)
  const project = useProject()
  return (
    <Page title={words.title} sentence={words.sentence} action={<RangeChoice />}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : projects === undefined ? (
        <Skeleton lines={8} />
      ) : project === null ? (
        <AllProjects projects={projects} />
      ) : (
        <OneProject key={project.projectId} project={project} />
      )}
    </Page>
  )
}

function RangeChoice() {
  const words = useWords(verificationWords)
  const [range, setRange] = useQueryText('range')
  return (
    <div className="w-44">
      <SelectField
        label={words.range}
        value={readRange(range)}
        options={ranges.map((value) => ({ value, label: words.ranges[value] }))}
        onChange={setRange}
      />
    </div>
  )
}

function useFilter(): OverviewFilter {
  const { range, ...narrowed } = useQueryTexts(['range', 'channel', 'country', 'carrier'])
  return { range: readRange(range), ...narrowed }
}

function OneProject({ project: { projectId } }: { project: Project }) {
  const filter = useFilter()
  const { data: overview, error, refetch } = useQuery(overviewQuery(projectId, filter))
  const { data: lastWeek } = useQuery(lastWeekQuery(projectId, filter))
  return (
    <>
      <RightNow projectId={projectId} total={overview?.total} range={filter.range} />
      <Narrowed />
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : overview === undefined ? (
        <Skeleton lines={8} />
      ) : (
        <Figures {...{ overview, lastWeek }} />
      )}
    </>
  )
}

function Figures({ overview, lastWeek }: { overview: Overview; lastWeek: Overview | undefined }) {
  const words = useWords(overviewWords)
  const { times, series } = useMemo(
    () => ({
      times: overview.series.map(({ at }) => new Date(at)),
      series: [
        { label: words.sent, values: overview.series.map(({ sent }) => sent), meaning: 'neutral' as const },
        { label: words.delivered, values: overview.series.map(({ delivered }) => delivered) },
        {
          label: words.verified,
          values: overview.series.map(({ verified }) => verified),
          meaning: 'good' as const,
        },
      ],
    }),
    [overview, words],
  )
  return (
    <>
      <KeyFigures {...{ overview, lastWeek }} />
      <div className="mb-8">
        <Chart title={words.chart} times={times} series={series} />
      </div>
      <Section title={words.breakdown}>
        <Breakdown {...{ overview, lastWeek }} />
      </Section>
    </>
  )
}

type ProjectRow = Counts & { project: Project }

/** The server as a whole, and each project in a row. */
function AllProjects({ projects }: { projects: Project[] }) {
  const words = useWords(overviewWords)
  const formats = useFormats()
  const { range } = useFilter()
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
