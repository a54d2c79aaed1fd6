/*
 * Reed-Solomon codes over GF(256) with the polynomial 0x11d (ISO/IEC 18004, annex A).
 */

const exponents = new Uint8Array(255)
const logarithms = new Uint8Array(256)
for (let power = 0, value = 1; power < 255; power += 1) {
  exponents[power] = value
  logarithms[value] = power
  value = value < 128 ? value * 2 : (value * 2) ^ 0x11d
}

const multiply = (one: number, other: number): number =>
  one === 0 || other === 0 ? 0 : (exponents[((logarithms[one] ?? 0) + (logarithms[other] ?? 0)) % 255] ?? 0)

/** The codewords by which a reader finds and mends damage in `data`. */
export function errorCodewords(data: readonly number[], count: number): number[] {
  const generator = generatorOf(count)
  const rest = [...data, ...new Array<number>(count).fill(0)]
  for (let at = 0; at < data.length; at += 1) {
    const factor = rest[at] ?? 0
    generator.forEach((coefficient, index) => {
      rest[at + index] = (rest[at + index] ?? 0) ^ multiply(coefficient, factor)
    })
  }
  return rest.slice(data.length)
}

/** The product of `x - 2^i` for each i below `count`, the highest power first. */
function generatorOf(count: number): number[] {
  let product = [1]
  for (let power = 0; power < count; power += 1) {
    const shifted = [...product, 0]
    product = shifted.map(
      (coefficient, index) => coefficient ^ multiply(product[index - 1] ?? 0, exponents[power] ?? 0),
    )
  }
  return product
}
