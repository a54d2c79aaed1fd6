import { useFormats } from '../language/formats.ts'
import { Tip } from './tip.tsx'

/** A moment in the reader's zone, with UTC under the pointer. */
export function Time({ at }: { at: string | Date }) {
  const formats = useFormats()
  const date = new Date(at)
  return (
    <Tip text={formats.utc(date)}>
      <time dateTime={date.toISOString()} className="font-mono whitespace-nowrap tabular-nums">
        {formats.moment(date)}
      </time>
    </Tip>
  )
}

/** An amount with its currency. */
export function Money({ amount, currency }: { amount: number | null; currency: string }) {
  const formats = useFormats()
  return (
    <span className="font-mono whitespace-nowrap tabular-nums">
      {amount === null ? '–' : formats.money(amount, currency)}
    </span>
  )
}

/** A whole number; a dash for none. */
export function Count({ of }: { of: number | null }) {
  const formats = useFormats()
  return <span className="font-mono tabular-nums">{of === null ? '–' : formats.number(of)}</span>
}

/** A share in per cent, with the count that it is of under the pointer. */
export function Share({ part, whole }: { part: number; whole: number }) {
  const formats = useFormats()
  return (
    <Tip text={`${formats.number(part)} / ${formats.number(whole)}`}>
      <span className="font-mono tabular-nums">{formats.share(part, whole)}</span>
    </Tip>
  )
}
