import type { ReactNode } from 'react'
import type { Overview } from '../../api/overview.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as overviewWords } from './words.ts'

/** The figures of the whole range, each with what it is of or what it was a week ago. */
export function KeyFigures({ overview, lastWeek }: { overview: Overview; lastWeek: Overview | undefined }) {
  const words = useWords(overviewWords)
  const formats = useFormats()
  const { total, currency } = overview
  const before = lastWeek?.total
  const change =
    total.conversion === null || before?.conversion == null ? null : total.conversion - before.conversion
  const seconds = (value: number | null) => (value === null ? '–' : formats.seconds(value))
  return (
    <dl
      aria-label={words.figures}
      className="mb-8 grid grid-cols-2 gap-x-8 gap-y-6 md:grid-cols-3 xl:grid-cols-6"
    >
      <Figure name={words.sent} value={formats.number(total.sent)} />
      <Figure
        name={words.delivered}
        value={formats.share(total.delivered, total.sent)}
        note={formats.number(total.delivered)}
      />
      <Figure
        name={words.verified}
        value={formats.share(total.verified, total.sent)}
        note={change === null ? formats.number(total.verified) : words.points(formats.points(change))}
      />
      <Figure name={words.medianHead} value={seconds(total.medianSeconds)} note={words.toVerify} />
      <Figure name={words.p95Head} value={seconds(total.p95Seconds)} note={words.toVerify} />
      <Figure
        name={words.cost}
        value={formats.money(total.cost, currency)}
        note={
          total.verified === 0 ? null : words.costEach(formats.money(total.cost / total.verified, currency))
        }
      />
    </dl>
  )
}

function Figure({ name, value, note = null }: { name: string; value: string; note?: ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-grey-3">{name}</dt>
      <dd className="font-mono text-20 font-strong tabular-nums">{value}</dd>
      {note !== null && <dd className="text-12 text-grey-3">{note}</dd>}
    </div>
  )
}
