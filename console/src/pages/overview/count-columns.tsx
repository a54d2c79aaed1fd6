import type { Counts } from '../../api/overview.ts'
import type { Column } from '../../components/table/column.ts'
import type { useFormats } from '../../language/formats.ts'
import { ShareWithBar } from './share-with-bar.tsx'
import type { words as overviewWords } from './words.ts'

type Parts = {
  words: (typeof overviewWords)['en']
  formats: ReturnType<typeof useFormats>
  currency: string
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000

/** The columns of what happened to codes, after the one that says whose they are. */
export function countColumns<Row extends Counts>({ words, formats, currency }: Parts): Column<Row>[] {
  const duration = (id: 'medianSeconds' | 'p95Seconds', head: string): Column<Row> => ({
    id,
    head,
    value: (row) => row[id],
    cell: ({ [id]: seconds }) => (seconds === null ? '–' : formats.seconds(seconds)),
    isNumber: true,
    isSecondary: true,
  })
  return [
    { id: 'sent', head: words.sent, value: ({ sent }) => sent, isNumber: true },
    {
      id: 'delivered',
      head: words.delivered,
      value: ({ delivered, sent }) => (sent === 0 ? null : round(delivered / sent)),
      cell: ({ delivered, sent }) => <ShareWithBar part={delivered} whole={sent} />,
      isNumber: true,
    },
    {
      id: 'conversion',
      head: words.conversion,
      value: ({ conversion }) => conversion,
      cell: ({ verified, sent }) => <ShareWithBar part={verified} whole={sent} />,
      isNumber: true,
    },
    duration('medianSeconds', words.medianHead),
    duration('p95Seconds', words.p95Head),
    {
      id: 'cost',
      head: `${words.cost} (${currency})`,
      value: ({ cost }) => cost,
      isNumber: true,
      isSecondary: true,
    },
  ]
}
