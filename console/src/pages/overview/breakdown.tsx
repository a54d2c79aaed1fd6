import { useMemo } from 'react'
import type { Counts, Overview } from '../../api/overview.ts'
import { PathLink } from '../../components/path-link.tsx'
import { Empty } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { useQueryText } from '../../manners/use-query-text.ts'
import { useQueryTexts } from '../../manners/use-query-texts.ts'
import { countColumns } from './count-columns.tsx'
import { words as overviewWords } from './words.ts'

const dimensions = ['channel', 'country', 'carrier'] as const
type Dimension = (typeof dimensions)[number]

type Row = Counts & { key: string; name: string; value: string | null; before: Counts | undefined }

type BreakdownProps = { overview: Overview; lastWeek: Overview | undefined }

/** Which channel, country or carrier is bad: a click on one narrows the page to it. */
export function Breakdown({ overview, lastWeek }: BreakdownProps) {
  const words = useWords(overviewWords)
  const [by, setBy] = useQueryText('by')
  const rowsOf = useRows(overview, lastWeek)
  return (
    <Tabs
      label={words.breakdown}
      value={dimensions.find((dimension) => dimension === by) ?? 'channel'}
      onChange={setBy}
      tabs={dimensions.map((dimension) => ({
        id: dimension,
        label: words.by[dimension],
        content: <Comparison dimension={dimension} rows={rowsOf(dimension)} currency={overview.currency} />,
      }))}
    />
  )
}

function Comparison({ dimension, rows, currency }: { dimension: Dimension; rows: Row[]; currency: string }) {
  const words = useWords(overviewWords)
  const shared = useWords(verificationWords)
  const formats = useFormats()
  const query = useQueryTexts(['range', 'by', 'channel', 'country', 'carrier'])
  const columns = useMemo((): Column<Row>[] => {
    const change: Column<Row> = {
      id: 'change',
      head: words.change,
      value: ({ conversion, before }) =>
        conversion === null || before?.conversion == null ? null : conversion - before.conversion,
      cell: ({ conversion, before }) =>
        conversion === null || before?.conversion == null
          ? '–'
          : formats.points(conversion - before.conversion),
      isNumber: true,
      isSecondary: true,
    }
    const [sent, delivered, conversion, ...rest] = countColumns<Row>({ words, formats, currency })
    return [
      {
        id: 'name',
        head: shared[dimension],
        value: ({ name }) => name,
        cell: ({ name, value }) =>
          value === null ? (
            <span className="text-grey-3">{name}</span>
          ) : (
            <PathLink
              path="/overview"
              query={{ ...query, [dimension]: value }}
              title={words.narrow(name)}
              className="font-strong text-accent hover:underline"
            >
              {name}
            </PathLink>
          ),
      },
      ...[sent, delivered, conversion].filter((column) => column !== undefined),
      change,
      ...rest,
    ]
  }, [words, shared, formats, currency, dimension, query])
  return (
    <Table
      label={words.by[dimension]}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      exportName={dimension}
      empty={
        <Empty icon="overview" title={words.emptyTitle}>
          {words.empty}
        </Empty>
      }
    />
  )
}

function useRows({ channels, countries, carriers }: Overview, lastWeek: Overview | undefined) {
  const shared = useWords(verificationWords)
  const formats = useFormats()
  const rowsBy: Record<Dimension, () => Row[]> = {
    channel: () =>
      channels.map((entry) => ({
        ...entry,
        key: entry.channel,
        name: shared.channels[entry.channel],
        value: entry.channel,
        before: lastWeek?.channels.find(({ channel }) => channel === entry.channel),
      })),
    country: () =>
      countries.map((entry) => ({
        ...entry,
        key: entry.country ?? '',
        name: entry.country === null ? shared.noCountry : formats.country(entry.country),
        value: entry.country,
        before: lastWeek?.countries.find(({ country }) => country === entry.country),
      })),
    carrier: () =>
      carriers.map((entry) => ({
        ...entry,
        key: entry.carrier ?? '',
        name: entry.carrier ?? shared.noCarrier,
        value: entry.carrier,
        before: lastWeek?.carriers.find(({ carrier }) => carrier === entry.carrier),
      })),
  }
  return (dimension: Dimension): Row[] => rowsBy[dimension]()
}
