import { Outlet } from '@tanstack/react-router'
import { Failure } from '../../api/failure.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { Count, Money, Share, Time } from '../../components/figures.tsx'
import { Meaning, Notice } from '../../components/meaning.tsx'
import { Page, Section } from '../../components/page.tsx'
import { Empty, ErrorState } from '../../components/states.tsx'
import { useWords } from '../../language/language.tsx'
import { ButtonsPart } from './buttons-part.tsx'
import { sampleMoment, sampleSeries, sampleTimes } from './sample.ts'
import { TablePart } from './table-part.tsx'
import { words as partsWords } from './words.ts'

/** Every part once. The tests look at them here, and whoever writes a page sees what there is. */
export function PartsPage() {
  const words = useWords(partsWords)
  return (
    <Page title={words.title} sentence={words.sentence}>
      <Section title={words.buttons}>
        <ButtonsPart />
      </Section>
      <Section title={words.figures}>
        <p className="flex flex-wrap gap-6">
          <Time at={sampleMoment} />
          <Money amount={1204.5} currency="EUR" />
          <Count of={120400} />
          <Count of={null} />
          <Share part={982} whole={1000} />
          <Meaning kind="good">{words.delivered}</Meaning>
          <Meaning kind="bad">{words.lost}</Meaning>
          <Meaning kind="warn">{words.unknown}</Meaning>
          <Meaning kind="neutral">{words.unknown}</Meaning>
        </p>
      </Section>
      <Section title={words.chart}>
        <Chart
          title={words.chart}
          unit={words.codes}
          times={sampleTimes}
          series={[
            { label: words.sentCodes, values: sampleSeries.sent },
            { label: words.verified, values: sampleSeries.verified, meaning: 'good' },
          ]}
        />
      </Section>
      <Section title={words.states}>
        <div className="space-y-2">
          <Notice kind="warn">{words.dialogSentence}</Notice>
          <Notice kind="neutral">{words.dialogSentence}</Notice>
        </div>
        <div className="grid lg:grid-cols-2">
          <Empty title={words.nothing}>{words.bring}</Empty>
          <ErrorState error={broken} onRetry={() => {}} />
        </div>
      </Section>
      <Section title={words.rows}>
        <TablePart />
      </Section>
      <Outlet />
    </Page>
  )
}

const broken = new Failure('fault', 'broken', { reference: 'a1b2c3d4e5f6-12' })
