import type { ReactNode } from 'react'

/** What a state means for its reader. It is never said by colour alone: each has a sign of its own. */
export type MeaningKind = 'good' | 'warn' | 'bad' | 'neutral'

const signs: Record<MeaningKind, string> = {
  good: 'M4 8.5l2.5 2.5L12 5',
  warn: 'M8 3.5v5.5M8 12v.1',
  bad: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  neutral: 'M4 8h8',
}

const colours: Record<MeaningKind, string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  neutral: 'text-neutral',
}

/** A state in words, with its sign and colour. */
export function Meaning({ kind, children }: { kind: MeaningKind; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1 align-middle whitespace-nowrap ${colours[kind]}`}>
      <svg
        aria-hidden="true"
        className="shrink-0"
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      >
        <path d={signs[kind]} />
      </svg>
      {children}
    </span>
  )
}

const grounds: Record<MeaningKind, string> = {
  good: 'bg-[color-mix(in_srgb,var(--good)_9%,var(--paper))]',
  warn: 'bg-[color-mix(in_srgb,var(--warn)_9%,var(--paper))]',
  bad: 'bg-[color-mix(in_srgb,var(--bad)_9%,var(--paper))]',
  neutral: 'bg-grey-1',
}

/** A sentence or two that a reader must not miss, on a ground of its own. */
export function Notice({ kind, children }: { kind: MeaningKind; children: ReactNode }) {
  return (
    <div role={kind === 'bad' ? 'alert' : 'status'} className={`rounded px-4 py-3 text-14 ${grounds[kind]}`}>
      {children}
    </div>
  )
}
