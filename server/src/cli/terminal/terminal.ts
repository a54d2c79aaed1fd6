import type { WriteStream } from 'node:tty'

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Where a command writes: results to stdout, everything about them to stderr. */
export type Terminal = {
  /** One line of the result. */
  print(line: string): void
  /** The result for programs: nothing else goes to stdout. */
  printJson(value: unknown): void
  /** One line about the work. */
  note(line: string): void
  /** Adds colour if stdout (or stderr, for notes) shows it: never in a pipe or a file, nor with `NO_COLOR`. */
  paint(format: Format, text: string): string
  paintNote(format: Format, text: string): string
  /** Raw text on stderr, for lines that are drawn over. */
  draw(text: string): void
  /** Whether a person watches stderr, and it is wide enough to draw over a line. */
  isWatched: boolean
}

/** The streams of a process; a `WriteStream` of a terminal knows its colours. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'hasColors' | 'columns'>>

/** A longer line would wrap, and a wrapped line cannot be drawn over. */
const drawnColumns = 72

const codes: Record<Format, [on: number, off: number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
}

/** Makes the terminal of a pair of streams. */
export function createTerminal({ stdout, stderr }: { stdout: Output; stderr: Output }): Terminal {
  return {
    print: (line) => void stdout.write(`${line}\n`),
    printJson: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    draw: (text) => void stderr.write(text),
    paint: createPainter(stdout),
    paintNote: createPainter(stderr),
    isWatched: stderr.isTTY === true && (stderr.columns ?? 0) >= drawnColumns,
  }
}

function createPainter(stream: Output): Terminal['paint'] {
  // Node's answer includes NO_COLOR, FORCE_COLOR and dumb terminals.
  const isColoured = stream.isTTY === true && stream.hasColors?.() === true
  return (format, text) => {
    const [on, off] = codes[format]
    return isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
}

/** Lays rows out in columns under their headings. */
export function renderTable(
  headings: string[],
  rows: string[][],
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const renderRow = (row: string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [paint('dim', renderRow(headings)), ...rows.map(renderRow)].join('\n')
}
