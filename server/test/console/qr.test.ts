import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { qrMatrix } from '../../../console/src/qr/qr-matrix.ts'

/*
 * QR codes. A reader has read the symbols of these texts, which are of every version that there is here; this notices when one
 * of them changes.
 */

const lengths = [5, 17, 30, 50, 78, 100, 106, 130, 150, 190, 225, 260, 271]

const textOf = (length: number) => 'otpauth://totp/'.padEnd(length, 'abcDEF123&=%').slice(0, length)

const draw = (text: string) =>
  qrMatrix(text)
    .map((row) => row.map((isDark) => (isDark ? '#' : '.')).join(''))
    .join('\n')

test('texts of every length are drawn as a reader has read them', () => {
  const drawn = lengths.map((length) => draw(textOf(length))).join('\n\n')
  expect(createHash('sha256').update(drawn).digest('hex')).toBe(
    'f5191ffb4211ce2b432c82cc9eac20b5cc287b02c186ae916b867d7cac44061b',
  )
})

test('a text that is too long is refused', () => {
  expect(() => qrMatrix('x'.repeat(272))).toThrow('too long')
})
