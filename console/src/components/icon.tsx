/** Strokes on a grid of twenty. */
const strokes = {
  overview: 'M3 16h14M5 13v-3M9 13V6M13 13V9M17 13V4',
  verifications: 'M10 2.5l6 2.5v4.5c0 4-2.6 6.6-6 8-3.4-1.4-6-4-6-8V5zM7.3 9.8l2 2 3.6-3.8',
  users:
    'M8 10a3 3 0 100-6 3 3 0 000 6zM2.5 16.5c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13.5 4.3a3 3 0 010 5.4M15 12.3c1.6.6 2.5 2 2.5 4.2',
  abuse: 'M10 3l7.5 13.5h-15zM10 8v4M10 14.5v.1',
  texts: 'M4 4h12v9.5H9L5.5 16.5v-3H4zM7 7.5h6M7 10h4',
  carriers:
    'M4 15a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM16 8a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM5.5 13.5h3.5c3 0 1.5-7 4.5-7h1M5.5 13.5H14M14 13.5l-2-2M14 13.5l-2 2',
  webhooks: 'M7 7l-3.5 3L7 13M13 7l3.5 3-3.5 3M11.5 5l-3 10',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 8a2 2 0 100-4 2 2 0 000 4zM7 16a2 2 0 100-4 2 2 0 000 4z',
  playground: 'M6 4l9 6-9 6z',
  inbox: 'M3 11l2.5-6.5h9L17 11v4.5H3zM3 11h4l1 2h4l1-2h4',
  start:
    'M4 5.5l1.2 1.2L7.5 4.5M4 10.5l1.2 1.2 2.3-2.2M4 15.5l1.2 1.2 2.3-2.2M10.5 5.5H17M10.5 10.5H17M10.5 15.5H17',
  docs: 'M4 3.5h5a1.5 1.5 0 011 .6 1.5 1.5 0 011-.6h5v12h-5a1.5 1.5 0 00-1 .6 1.5 1.5 0 00-1-.6H4zM10 4.1V16',
  search: 'M9 14.5a5.5 5.5 0 100-11 5.5 5.5 0 000 11zM13 13l4 4',
  copy: 'M7.5 7.5h9v9h-9zM4 12.5h-.5v-9h9V4',
  check: 'M4 10.5l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  down: 'M5 8l5 5 5-5',
  up: 'M5 12l5-5 5 5',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  more: 'M4.5 10h.1M10 10h.1M15.5 10h.1',
  download: 'M10 3v9M6 8.5l4 4 4-4M4 16.5h12',
  help: 'M10 17a7 7 0 100-14 7 7 0 000 14zM8 8a2 2 0 113 1.7c-.7.4-1 .8-1 1.6M10 13.7v.1',
  person: 'M10 10a3 3 0 100-6 3 3 0 000 6zM4 17c0-3.2 2.7-4.8 6-4.8s6 1.6 6 4.8',
  project: 'M3 5h5l1.5 2H17v8.5H3z',
  mail: 'M3 5h14v10.5H3zM3 5.5l7 5.5 7-5.5',
  phone: 'M6.5 2.5h7v15h-7zM9 15h2',
  trash: 'M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11',
  plus: 'M10 4v12M4 10h12',
  refresh: 'M16 10a6 6 0 11-1.8-4.3L16 7.5M16 3.5v4h-4',
  out: 'M8 4H4v12h4M12 6.5l3.5 3.5-3.5 3.5M15.5 10H8',
  offline: 'M3 3l14 14M6 12.5a5.5 5.5 0 018 0M3.5 9.5A9.5 9.5 0 017 7.2M10.5 6.5a9.5 9.5 0 016 3M10 15.5v.1',
} as const

export type IconName = keyof typeof strokes

/** A drawing beside words; it says nothing to a screen reader, so a button without words needs a label. */
export function Icon({ name, size = 20 }: { name: IconName; size?: 16 | 20 | 24 }) {
  return (
    <svg
      aria-hidden="true"
      className="shrink-0"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={strokes[name]} />
    </svg>
  )
}
