import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Project, type Spending, spendingQuery } from '../../api/projects.ts'
import { SelectField } from '../../components/field.tsx'
import { Money } from '../../components/figures.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as projectWords } from './words.ts'

type Line = Spending['spending'][number]

const spans = ['1', '7', '30', '90'] as const

/** What the messages of a project have cost, and how much of its sends is used up. */
export function SpendingTab({ project }: { project: Project }) {
  const words = useWords(projectWords)
  const [days, setDays] = useState('30')
  const { data, error, refetch } = useQuery(spendingQuery(project.projectId, daysAgo(Number(days) - 1)))
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <>
      <Quota project={project} />
      <div className="mb-4 max-w-56">
        <SelectField
          label={words.span}
          name="days"
          value={days}
          onChange={setDays}
          options={spans.map((value) => ({ value, label: words.spans[value] }))}
        />
      </div>
      {data === undefined ? <Skeleton /> : <Report {...data} />}
    </>
  )
}

function Quota({ project: { tokens } }: { project: Project }) {
  const words = useWords(projectWords)
  const formats = useFormats()
  const used = formats.number(tokens.used)
  if (tokens.granted === null) return <p className="mb-6 text-14">{words.usedOfNoLimit(used)}</p>
  return (
    <label className="mb-6 block text-14">
      {words.usedOf(used, formats.number(tokens.granted))}
      <progress
        value={tokens.used}
        max={tokens.granted}
        className="mt-2 block h-2 w-full appearance-none overflow-hidden rounded-full bg-grey-2 [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-grey-2 [&::-webkit-progress-value]:bg-accent"
      />
    </label>
  )
}

function Report({ currency, caps, total, spending }: Spending) {
  const words = useWords(projectWords)
  const { money } = useFormats()
  const caption = [
    words.total(money(total, currency)),
    caps.perDay === null ? words.noDayCap : words.dayCap(money(caps.perDay, currency)),
    caps.perMonth === null ? words.noMonthCap : words.monthCap(money(caps.perMonth, currency)),
  ]
  return (
    <>
      <p className="mb-4 text-14">{caption.join(' ')}</p>
      <Table
        label={words.spending}
        columns={useColumns(currency)}
        rows={spending}
        keyOf={({ day, channel, carrier, country }) => [day, channel, carrier, country].join(' ')}
        exportName="spending"
        empty={<p className="text-14 text-grey-3">{words.nothingSpent}</p>}
      />
    </>
  )
}

function useColumns(currency: string): Column<Line>[] {
  const words = useWords(projectWords)
  const channels = useWords(channelNames)
  return [
    { id: 'day', head: words.day, value: ({ day }) => day },
    { id: 'carrier', head: words.carrier, value: ({ carrier }) => carrier },
    {
      id: 'channel',
      head: words.channel,
      value: ({ channel }) => (channels as Record<string, string>)[channel] ?? channel,
      isSecondary: true,
    },
    { id: 'country', head: words.country, value: ({ country }) => country },
    { id: 'messages', head: words.messages, value: ({ messages }) => messages, isNumber: true },
    {
      id: 'cost',
      head: words.cost,
      value: ({ cost }) => cost,
      cell: ({ cost }) => <Money amount={cost} currency={currency} />,
      isNumber: true,
    },
  ]
}

/** A day of UTC, as spending is counted. */
const daysAgo = (days: number): string =>
  new Date(Date.now() - days * 24 * 60 * 60_000).toISOString().slice(0, 10)
