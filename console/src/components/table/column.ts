import type { ReactNode } from 'react'

/** A column of a table. */
export type Column<Row> = {
  id: string
  head: string
  /** What sorts, filters and is exported; null for an empty cell. */
  value: (row: Row) => string | number | null
  /** How it is shown, where not as the value. */
  cell?: (row: Row) => ReactNode
  /** Numbers stand on the right, in figures of one width. */
  isNumber?: boolean
  /** Left out on a narrow screen. */
  isSecondary?: boolean
  isUnsortable?: boolean
}

export type Sorting = { by: string; isDescending: boolean }

/** How a sorting stands in a URL: `name`, or `-name` for descending. */
export const renderSorting = ({ by, isDescending }: Sorting): string => `${isDescending ? '-' : ''}${by}`

export const parseSorting = (text: string | undefined): Sorting | null =>
  text === undefined || text === ''
    ? null
    : { by: text.replace(/^-/, ''), isDescending: text.startsWith('-') }
