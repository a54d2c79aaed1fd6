import type { Column } from './column.ts'

/** Saves rows as a file of comma-separated values (RFC 4180). */
export function exportCsv<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const lines = [
    columns.map(({ head }) => renderCell(head)),
    ...rows.map((row) => columns.map(({ value }) => renderCell(value(row)))),
  ]
  const text = lines.map((cells) => `${cells.join(',')}\r\n`).join('')
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(url)
}

/** A spreadsheet computes what begins with one of these signs; a phone number may begin with its plus. */
const isFormula = /^[=@\t\r]|^[-+](?!\d+$)/

function renderCell(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const harmless = isFormula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
