import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
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
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { useQueryText } from '../../manners/use-query-text.ts'
import { useQueryTexts } from '../../manners/use-query-texts.ts'
import { AllProjects } from './all-projects.tsx'
import { Breakdown } from './breakdown.tsx'
import { KeyFigures } from './key-figures.tsx'
import { Narrowed } from './narrowed.tsx'
import { RightNow } from './right-now.tsx'
import { words as overviewWords } from './words.ts'

/** Whether codes arrive: a sentence, what is wrong, and the figures behind both. */
export function OverviewPage() {
  const words = useWords(overviewWords)
  const { data: projects, error, refetch } = useQuery(projectsQuery)
  const project = useProject()
  const { range } = useFilter()
  return (
    <Page title={words.title} sentence={words.sentence} action={<RangeChoice />}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : projects === undefined ? (
        <Skeleton lines={8} />
      ) : project === null ? (
        <AllProjects projects={projects} range={range} />
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
