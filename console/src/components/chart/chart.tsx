import { useMemo } from 'react'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { sharedWords } from '../../language/shared-words.ts'
import type { MeaningKind } from '../meaning.tsx'
import { Plot } from './plot.tsx'

/** A line: one value for each time of the chart, null where nothing is known. */
export type Series = { label: string; values: readonly (number | null)[]; meaning?: MeaningKind | 'accent' }

export type ChartProps = {
  /** What it shows: "Codes sent by hour". */
  title: string
  times: readonly Date[]
  series: readonly Series[]
  /** Stands once, beside the title. */
  unit?: string
}

/** Lines over time that start at zero, with the same numbers as a table for those who do not see them. */
export function Chart({ title, times, series, unit }: ChartProps) {
  const words = useWords(sharedWords)
  const formats = useFormats()
  const rows = useMemo(() => times.map((time, index) => ({ time, index })), [times])
  return (
    <figure>
      <figcaption className="mb-2 text-14 font-strong">
        {title}
        {unit !== undefined && <span className="font-regular text-grey-3"> · {unit}</span>}
      </figcaption>
      <Plot times={times} series={series} />
      <details className="mt-2 text-12">
        <summary className="text-grey-3">{words.showAsTable}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <section className="mt-2 max-h-64 overflow-auto" tabIndex={0} aria-label={title}>
          <table className="w-full font-mono tabular-nums">
            <thead>
              <tr className="text-left text-grey-3">
                <th scope="col">{words.time}</th>
                {series.map(({ label }) => (
                  <th key={label} scope="col" className="text-right">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ time, index }) => (
                <tr key={time.getTime()}>
                  <th scope="row" className="text-left font-regular">
                    {formats.moment(time)}
                  </th>
                  {series.map(({ label, values }) => (
                    <td key={label} className="text-right">
                      {values[index] == null ? '–' : formats.number(values[index])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  )
}
