import { useMemo } from 'react'
import { qrMatrix } from './qr-matrix.ts'

/** Blank squares around the symbol, which readers need. */
const margin = 4

/** A text as a QR code. It stays dark on white in both themes, because many readers take nothing else. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const squares = qrMatrix(text)
    const dark = squares.flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? [`M${x + margin} ${y + margin}h1v1h-1z`] : [])),
    )
    return { size: squares.length + 2 * margin, path: dark.join('') }
  }, [text])
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="w-56 max-w-full rounded bg-[#fff]"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
