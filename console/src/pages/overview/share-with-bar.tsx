import { Bar } from '../../components/bar.tsx'
import { Share } from '../../components/figures.tsx'

/** A share with its bar. */
export const ShareWithBar = ({ part, whole }: { part: number; whole: number }) => (
  <span className="inline-flex items-center gap-3">
    <span className="hidden md:inline">{whole > 0 && <Bar share={part / whole} />}</span>
    <span className="min-w-12">
      <Share part={part} whole={whole} />
    </span>
  </span>
)
