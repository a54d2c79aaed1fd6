import { errorCodewords } from './error-correction.ts'

/** A size of the symbol at the lowest level of correction, which a screen does not exceed. */
export type Version = {
  number: number
  /** Error codewords of each block. */
  errors: number
  /** Data codewords of each block. */
  blocks: readonly number[]
  /** The middles of the alignment patterns, in both directions. */
  alignment: readonly number[]
}

/** Versions 1 to 10 (ISO/IEC 18004, tables 9 and E.1), which hold up to 271 bytes. */
const versions: readonly Version[] = [
  { number: 1, errors: 7, blocks: [19], alignment: [] },
  { number: 2, errors: 10, blocks: [34], alignment: [6, 18] },
  { number: 3, errors: 15, blocks: [55], alignment: [6, 22] },
  { number: 4, errors: 20, blocks: [80], alignment: [6, 26] },
  { number: 5, errors: 26, blocks: [108], alignment: [6, 30] },
  { number: 6, errors: 18, blocks: [68, 68], alignment: [6, 34] },
  { number: 7, errors: 20, blocks: [78, 78], alignment: [6, 22, 38] },
  { number: 8, errors: 24, blocks: [97, 97], alignment: [6, 24, 42] },
  { number: 9, errors: 30, blocks: [116, 116], alignment: [6, 26, 46] },
  { number: 10, errors: 18, blocks: [68, 68, 69, 69], alignment: [6, 28, 50] },
]

const capacityOf = ({ blocks }: Version): number => blocks.reduce((sum, length) => sum + length, 0)

/** The codewords of a text in the order in which they are placed, and the smallest version that holds them. */
export function encodeText(text: string): { version: Version; codewords: number[] } {
  const bytes = [...new TextEncoder().encode(text)]
  const version = versions.find((one) => bytes.length + headBytes(one) <= capacityOf(one))
  if (version === undefined) throw new Error('the text is too long for a QR code')
  const data = dataCodewords(bytes, version)
  let start = 0
  const blocks = version.blocks.map((length) => {
    start += length
    return data.slice(start - length, start)
  })
  const errors = blocks.map((block) => errorCodewords(block, version.errors))
  return { version, codewords: [...interleave(blocks), ...interleave(errors)] }
}

/** The mode, and a count of one byte up to version 9 and of two beyond; half a byte stays over. */
const headBytes = ({ number }: Version): number => (number < 10 ? 2 : 3)

function dataCodewords(bytes: readonly number[], version: Version): number[] {
  const countBits = version.number < 10 ? 8 : 16
  const bits = [
    ...bitsOf(0b0100, 4),
    ...bitsOf(bytes.length, countBits),
    ...bytes.flatMap((byte) => bitsOf(byte, 8)),
    ...bitsOf(0, 4),
  ]
  const words = Array.from({ length: Math.floor(bits.length / 8) }, (_, at) =>
    Number.parseInt(bits.slice(at * 8, at * 8 + 8).join(''), 2),
  )
  const missing = capacityOf(version) - words.length
  return [...words, ...Array.from({ length: missing }, (_, at) => (at % 2 === 0 ? 0xec : 0x11))]
}

const bitsOf = (value: number, length: number): number[] =>
  Array.from({ length }, (_, at) => (value >> (length - 1 - at)) & 1)

/** The first codeword of each block, then the second of each. */
function interleave(blocks: readonly number[][]): number[] {
  const longest = Math.max(...blocks.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
    blocks.flatMap((block) => block[at] ?? []),
  )
}
