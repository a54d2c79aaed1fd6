import { useMemo } from 'react'
import { Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Empty } from '../../components/states.tsx'
import { type Column, parseSorting, renderSorting } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { type SampleCode, sampleCodes } from './sample.ts'
import { words as partsWords } from './words.ts'

const meanings = { delivered: 'good', lost: 'bad', unknown: 'neutral' } as const

/** A long table, whose order stands in the URL. */
export function TablePart() {
  const words = useWords(partsWords)
  const [sorting, setSorting] = useQueryText('sort')
  const columns = useMemo(
    (): Column<SampleCode>[] => [
      { id: 'id', head: words.name, value: ({ id }) => id },
      { id: 'channel', head: words.channel, value: ({ channel }) => channel, isSecondary: true },
      {
        id: 'state',
        head: words.state,
        value: ({ state }) => state,
        cell: ({ state }) => <Meaning kind={meanings[state]}>{words[state]}</Meaning>,
      },
      {
        id: 'sent',
        head: words.sent,
        value: ({ sentAt }) => sentAt,
        cell: ({ sentAt }) => <Time at={sentAt} />,
        isSecondary: true,
      },
      { id: 'seconds', head: words.seconds, value: ({ seconds }) => seconds, isNumber: true },
    ],
    [words],
  )
  return (
    <Table
      label={words.rows}
      columns={columns}
      rows={sampleCodes}
      keyOf={({ id }) => id}
      pathOf={({ id }) => `/parts/${id}`}
      sorting={parseSorting(sorting)}
      onSort={(order) => setSorting(renderSorting(order))}
      exportName="codes"
      empty={<Empty title={words.nothing}>{words.bring}</Empty>}
    />
  )
}
