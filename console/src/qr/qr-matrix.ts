import { encodeText, type Version } from './codewords.ts'

/** The squares of a QR code, true for dark, row by row. */
export type QrMatrix = boolean[][]

/** Draws a text of up to 271 bytes as a QR code (ISO/IEC 18004). */
export function qrMatrix(text: string): QrMatrix {
  const { version, codewords } = encodeText(text)
  const size = 17 + 4 * version.number
  const squares: (boolean | undefined)[][] = Array.from({ length: size }, () => new Array(size))
  placePatterns(squares, version)
  placeFormat(squares)
  placeVersion(squares, version)
  placeData(squares, codewords)
  return squares.map((row) => Array.from(row, (square) => square === true))
}

type Squares = (boolean | undefined)[][]

function set(squares: Squares, row: number, column: number, isDark: boolean): void {
  const line = squares[row]
  if (line !== undefined && column >= 0 && column < line.length) line[column] = isDark
}

function placePatterns(squares: Squares, { alignment }: Version): void {
  const last = squares.length - 1
  for (const [row, column] of [
    [3, 3],
    [3, last - 3],
    [last - 3, 3],
  ] as const)
    placeRings(squares, [row, column], { reach: 4, isDark: (ring) => ring !== 2 && ring !== 4 })
  for (let at = 8; at < squares.length - 8; at += 1) {
    set(squares, 6, at, at % 2 === 0)
    set(squares, at, 6, at % 2 === 0)
  }
  // In three of the corners stand the great patterns.
  for (const row of alignment)
    for (const column of alignment)
      if (!isInCorner([row, column], last))
        placeRings(squares, [row, column], { reach: 2, isDark: (ring) => ring !== 1 })
}

const isInCorner = ([row, column]: readonly [number, number], last: number): boolean =>
  (row < 9 && column < 9) || (row < 9 && column > last - 9) || (row > last - 9 && column < 9)

/** Squares around a middle, dark by their distance from it. */
function placeRings(
  squares: Squares,
  [row, column]: readonly [number, number],
  { reach, isDark }: { reach: number; isDark: (ring: number) => boolean },
): void {
  for (let down = -reach; down <= reach; down += 1)
    for (let right = -reach; right <= reach; right += 1)
      set(squares, row + down, column + right, isDark(Math.max(Math.abs(down), Math.abs(right))))
}

/** The level L and the mask 0, with their own correction and mask: always the same fifteen bits. */
const formatBits = 0b111011111000100

function placeFormat(squares: Squares): void {
  const size = squares.length
  for (let bit = 0; bit < 15; bit += 1) {
    const isDark = ((formatBits >> bit) & 1) === 1
    // Beside the upper left pattern, around the line of the timing pattern.
    if (bit < 6) set(squares, bit, 8, isDark)
    else if (bit < 8) set(squares, bit + 1, 8, isDark)
    else if (bit === 8) set(squares, 8, 7, isDark)
    else set(squares, 8, 14 - bit, isDark)
    // And once more beside the other two.
    if (bit < 8) set(squares, 8, size - 1 - bit, isDark)
    else set(squares, size - 15 + bit, 8, isDark)
  }
  set(squares, size - 8, 8, true)
}

/** From version 7 on its number stands beside two of the great patterns, with its correction. */
function placeVersion(squares: Squares, { number }: Version): void {
  if (number < 7) return
  let rest = number << 12
  for (let bit = 17; bit >= 12; bit -= 1) if ((rest >> bit) & 1) rest ^= 0x1f25 << (bit - 12)
  const bits = (number << 12) | rest
  const edge = squares.length - 11
  for (let bit = 0; bit < 18; bit += 1) {
    const isDark = ((bits >> bit) & 1) === 1
    set(squares, Math.floor(bit / 3), edge + (bit % 3), isDark)
    set(squares, edge + (bit % 3), Math.floor(bit / 3), isDark)
  }
}

/** From the lower right in columns of two, up and down by turns, wherever nothing stands yet. */
function placeData(squares: Squares, codewords: readonly number[]): void {
  const size = squares.length
  const free = squares.map((row) => Array.from(row, (square) => square === undefined))
  let bit = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    const isUpward = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step += 1) {
      const row = isUpward ? size - 1 - step : step
      for (const column of [right, right - 1]) {
        if (free[row]?.[column] !== true) continue
        const word = codewords[bit >> 3] ?? 0
        const isDark = ((word >> (7 - (bit & 7))) & 1) === 1
        bit += 1
        // Mask 0: a board of chess.
        set(squares, row, column, isDark !== ((row + column) % 2 === 0))
      }
    }
  }
}
