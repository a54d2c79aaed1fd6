/** A different code of the same length; `nth` selects different wrong ones. */
export const wrongCode = (code: string, nth = 0): string => {
  const range = 10 ** code.length
  return String((Number(code) + 1 + (nth % (range - 1))) % range).padStart(code.length, '0')
}
