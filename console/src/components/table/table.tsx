import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { sharedWords } from '../../language/shared-words.ts'
import { Button } from '../button.tsx'
import { Icon } from '../icon.tsx'
import { PathLink } from '../path-link.tsx'
import { ErrorState, Skeleton } from '../states.tsx'
import type { Column, Sorting } from './column.ts'
import { exportCsv } from './export-csv.ts'
import { useRowModel } from './use-row-model.ts'

export type TableProps<Row> = {
  /** What the rows are, for a screen reader. */
  label: string
  columns: readonly Column<Row>[]
  /** Undefined while they are on their way. */
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  /** The path of a row's details below `/console`; the first cell links to it. */
  pathOf?: (row: Row) => string
  /** What stands here without rows. */
  empty: ReactNode
  failure?: unknown
  onRetry?: () => void
  /** Gives the order to the URL; without it the table keeps it to itself. */
  sorting?: Sorting | null
  onSort?: (sorting: Sorting) => void
  isSortedByServer?: boolean
  /** The following page of a list with a cursor. */
  more?: { isLoading: boolean; load: () => void } | null
  /** The name of the exported file, without `.csv`. */
  exportName?: string
  /** Filters of the page, beside the one for the rows that are shown. */
  filters?: ReactNode
}

const rowHeight = 44

/** So few rows are read faster than they are filtered. */
const atOneGlance = 7

/** A list: sorts, filters, pages by cursor, exports. Only the rows near the window are in the document. */
export function Table<Row>(props: TableProps<Row>) {
  const { rows, failure, onRetry, empty, filters } = props
  if (failure) return <ErrorState error={failure} {...(onRetry === undefined ? {} : { onRetry })} />
  if (rows === undefined) return <Skeleton lines={8} />
  if (rows.length === 0 && filters === undefined) return empty
  return <Rows {...props} rows={rows} />
}

function Rows<Row>({
  label,
  columns,
  rows,
  keyOf,
  pathOf,
  empty,
  sorting: given,
  onSort,
  isSortedByServer = false,
  more,
  exportName,
  filters,
}: TableProps<Row> & { rows: readonly Row[] }) {
  const words = useWords(sharedWords)
  const formats = useFormats()
  const [filter, setFilter] = useState('')
  const [own, setOwn] = useState<Sorting | null>(null)
  const sorting = given === undefined ? own : given
  const shown = useRowModel({ columns, rows, keyOf, sorting, filter, isSortedByServer })

  const sortBy = (by: string) => {
    const isDescending = sorting?.by === by && !sorting.isDescending
    if (onSort === undefined) setOwn({ by, isDescending })
    else onSort({ by, isDescending })
  }

  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {filters}
        {(rows.length > atOneGlance || filter !== '') && (
          <input
            type="search"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            placeholder={words.filter}
            aria-label={words.filter}
            className="h-9 w-40 rounded border border-edge bg-paper px-3 text-ellipsis md:w-56"
          />
        )}
        <span className="ml-auto text-12 text-grey-3" aria-live="polite">
          {words.rows(formats.number(shown.length))}
        </span>
        {exportName !== undefined && (
          <Button
            look="quiet"
            size="small"
            icon="download"
            onClick={() =>
              exportCsv(
                exportName,
                columns,
                shown.map(({ row }) => row),
              )
            }
          >
            {words.exportRows}
          </Button>
        )}
      </div>
      {rows.length === 0 ? (
        empty
      ) : (
        <Grid {...{ label, columns, shown, sorting, sortBy, ...(pathOf === undefined ? {} : { pathOf }) }} />
      )}
      {rows.length > 0 && shown.length === 0 && (
        <p className="py-8 text-center text-grey-3">{words.noRowsLeft}</p>
      )}
      {more != null && (
        <div className="mt-4 text-center">
          <Button isBusy={more.isLoading} onClick={more.load}>
            {words.showMore}
          </Button>
        </div>
      )}
    </div>
  )
}

type GridProps<Row> = Pick<TableProps<Row>, 'label' | 'columns' | 'pathOf'> & {
  shown: { key: string; row: Row }[]
  sorting: Sorting | null
  sortBy: (by: string) => void
}

function Grid<Row>({ label, columns, shown, sorting, sortBy, pathOf }: GridProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  // What stands above the table may have grown. A value that is the same renders nothing.
  useEffect(() => setTop((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY))
  const virtual = useWindowVirtualizer({
    count: shown.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => shown[index]?.key ?? index,
  })
  const items = virtual.getVirtualItems()
  const before = (items[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top)

  return (
    <div className="-mx-4 overflow-x-auto px-4 md:mx-0 md:px-0">
      <table aria-label={label} aria-rowcount={shown.length + 1} className="w-full border-collapse">
        <thead>
          <tr className="border-b border-grey-2 text-left text-12 text-grey-3">
            {columns.map((column) => (
              <Head key={column.id} {...{ column, sorting, sortBy }} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Space height={before} span={columns.length} />
          {items.map(({ index, key }) => {
            const entry = shown[index]
            return (
              entry !== undefined && (
                <tr
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  aria-rowindex={index + 2}
                  className="h-11 border-b border-grey-2 hover:bg-grey-1"
                >
                  {columns.map((column, position) => (
                    <td key={column.id} className={cellClass(column)}>
                      {position === 0 && pathOf !== undefined ? (
                        <PathLink
                          path={pathOf(entry.row)}
                          query="kept"
                          className="font-strong text-accent hover:underline"
                        >
                          {renderCell(column, entry.row)}
                        </PathLink>
                      ) : (
                        renderCell(column, entry.row)
                      )}
                    </td>
                  ))}
                </tr>
              )
            )
          })}
          <Space height={after} span={columns.length} />
        </tbody>
      </table>
    </div>
  )
}

/** Takes the place of the rows that are not in the document. */
const Space = ({ height, span }: { height: number; span: number }) =>
  height > 0 && (
    // A row of nothing, which has no place in the count of rows.
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row takes no focus
    <tr aria-hidden="true">
      <td colSpan={span} style={{ height }} />
    </tr>
  )

function Head<Row>({
  column,
  sorting,
  sortBy,
}: Pick<GridProps<Row>, 'sorting' | 'sortBy'> & { column: Column<Row> }) {
  const { id, head, isUnsortable } = column
  const isSorted = sorting?.by === id
  const order = sorting?.isDescending ? 'descending' : 'ascending'
  return (
    <th scope="col" className={placeClass(column)} {...(isSorted ? { 'aria-sort': order } : {})}>
      {isUnsortable ? (
        head
      ) : (
        <button
          type="button"
          onClick={() => sortBy(id)}
          className={`inline-flex items-center gap-1 font-strong whitespace-nowrap hover:text-ink ${isSorted ? 'text-ink' : ''}`}
        >
          {head}
          {isSorted && <Icon name={sorting.isDescending ? 'down' : 'up'} size={16} />}
        </button>
      )}
    </th>
  )
}

const placeClass = <Row,>({ isNumber, isSecondary }: Column<Row>): string =>
  `py-2 pr-6 last:pr-0 ${isNumber ? 'text-right' : ''} ${isSecondary ? 'hidden lg:table-cell' : ''}`

const cellClass = <Row,>(column: Column<Row>): string =>
  `${placeClass(column)} ${column.isNumber ? 'font-mono tabular-nums' : ''}`

function renderCell<Row>({ cell, value, isNumber }: Column<Row>, row: Row): ReactNode {
  if (cell !== undefined) return cell(row)
  const shown = value(row)
  if (shown === null) return '–'
  return isNumber && typeof shown === 'number' ? <Figure of={shown} /> : shown
}

const Figure = ({ of }: { of: number }) => useFormats().number(of)
