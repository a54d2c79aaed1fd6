import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { sharedWords } from '../../language/shared-words.ts'
import { useIsDark } from '../../manners/theme.ts'
import type { ChartProps } from './chart.tsx'

const height = 200

/** The drawing. A canvas knows no style sheet, so it is drawn anew when the theme changes. */
export function Plot({ times, series }: Pick<ChartProps, 'times' | 'series'>) {
  const place = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  const formats = useFormats()
  const words = useWords(sharedWords)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what the names of colours mean
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const colour = (name: string) => resolveColour(element, `var(--${name})`)
    const axis = {
      stroke: colour('grey-3'),
      grid: { stroke: colour('grey-2'), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(element).fontFamily}`,
    }
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: {
          show: series.length > 1,
          markers: { width: 0, fill: (_plot, index) => colour(series[index - 1]?.meaning ?? 'accent') },
        },
        cursor: { points: { size: 6 } },
        scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.1)] } },
        axes: [
          {
            ...axis,
            values: (_plot, moments, _axis, _space, step) =>
              moments.map((moment) => formats.tick(new Date(moment * 1000), step)),
          },
          { ...axis, size: 56, values: (_plot, values) => values.map((value) => formats.number(value)) },
        ],
        series: [
          {
            label: words.time,
            value: (_plot, value) => (value == null ? '–' : formats.moment(new Date(value * 1000))),
          },
          ...series.map(({ label, meaning = 'accent' }) => ({
            label,
            stroke: colour(meaning),
            width: 2,
            points: { show: false },
            value: (_plot: uPlot, value: number | null) => (value == null ? '–' : formats.number(value)),
          })),
        ],
      },
      [times.map((time) => time.getTime() / 1000), ...series.map(({ values }) => [...values])],
      element,
    )
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [times, series, isDark, formats, words])

  return <div ref={place} aria-hidden="true" className="min-h-[200px]" />
}

/** What a colour of the style sheet is now. */
function resolveColour(element: HTMLElement, value: string): string {
  const before = element.style.color
  element.style.color = value
  const resolved = getComputedStyle(element).color
  element.style.color = before
  return resolved
}
