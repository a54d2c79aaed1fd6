import {
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  filterFn_includesString,
  globalFilteringFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import type { Column, Sorting } from './column.ts'

const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  filterFns: { includesString: filterFn_includesString },
})

type RowModelParts<Row> = {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  sorting: Sorting | null
  filter: string
  /** The server sorts and filters what it has; a page of it is not sorted again. */
  isSortedByServer: boolean
}

/** The rows as they are shown: filtered and sorted, each with its key. */
export function useRowModel<Row>({
  columns,
  rows,
  keyOf,
  sorting,
  filter,
  isSortedByServer,
}: RowModelParts<Row>): { key: string; row: Row }[] {
  const defined = useMemo(
    () =>
      columns.map(({ id, value }) => ({
        id,
        // An undefined value stands last, in both directions.
        accessorFn: ({ row }: { row: Row }) => value(row) ?? undefined,
        sortUndefined: 'last' as const,
        sortFn: compareValues,
      })),
    [columns],
  )
  const data = useMemo(() => rows.map((row) => ({ row })), [rows])
  const table = useTable({
    features,
    columns: defined,
    data,
    getRowId: ({ row }: { row: Row }) => keyOf(row),
    getColumnCanGlobalFilter: () => true,
    globalFilterFn: 'includesString' as const,
    manualSorting: isSortedByServer,
    state: {
      sorting: sorting === null ? [] : [{ id: sorting.by, desc: sorting.isDescending }],
      globalFilter: filter.trim(),
    },
  })
  return table.getRowModel().rows.map(({ id, original }) => ({ key: id, row: original.row }))
}

type Comparable = { getValue: (id: string) => unknown }

/** Numbers by size; texts as a reader sorts them, so that `Key 10` comes after `Key 9`. */
function compareValues(one: Comparable, other: Comparable, id: string): number {
  const [left, right] = [one.getValue(id), other.getValue(id)]
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left).localeCompare(String(right), undefined, { numeric: true })
}
