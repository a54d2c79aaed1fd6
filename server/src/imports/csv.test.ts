import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from './csv.ts'
import { readLines } from './read-lines.ts'

async function read(text: string | Buffer, chunkSize = 65_536, separator: string | null = null) {
  const bytes = Buffer.from(text)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
  }
  const records = []
  for await (const record of readCsv(readLines(chunks()), { separator })) records.push(record)
  return records
}

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`

test('whatever is written by RFC 4180 is read back, however it arrives', async () => {
  const field = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('', '"', ',', '\r\n', '\n', ' x ', 'é', '\t'),
  )
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (rows, chunkSize, endsOpen) => {
        const text = rows.map((row) => row.map(quote).join(',')).join('\r\n') + (endsOpen ? '' : '\r\n')
        const records = await read(text, chunkSize, ',')
        expect(records.map((record) => record.ok && record.fields)).toEqual(rows)
        expect(records.at(-1)?.bytesRead).toBe(Buffer.byteLength(text))
      },
    ),
  )
})

test('a stray quotation mark costs its own line only', async () => {
  const records = await read('a,b\n"open,1\nx,2\ny"z,3\n"q"r,4\nfine,5')
  expect(records.map(({ line, ok }) => [line, ok])).toEqual([
    [1, true],
    [2, false],
    [3, true],
    [4, false],
    [5, false],
    [6, true],
  ])
})

test('empty lines are no records, but count', async () => {
  const records = await read('a\n\n\r\nb\n')
  expect(records.map(({ line }) => line)).toEqual([1, 4])
})

test.each([[','], [';'], ['\t']])('the first line says that %j separates', async (separator) => {
  const [header, row] = await read(`a${separator}b\n1${separator}2`)
  expect([header, row].map((record) => record?.ok && record.fields)).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ])
})
