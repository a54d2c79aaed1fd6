import { buttonClass } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { useQueryTexts } from '../../manners/use-query-texts.ts'
import { words as overviewWords } from './words.ts'

/** What the page is narrowed to, each with a way out, and the way to the verifications that are meant. */
export function Narrowed() {
  const words = useWords(overviewWords)
  const { channels } = useWords(verificationWords)
  const formats = useFormats()
  const { range, by, ...narrowed } = useQueryTexts(['range', 'by', 'channel', 'country', 'carrier'])
  const kept = { range, by }
  const nameOf = (dimension: string, value: string): string => {
    if (dimension === 'country') return formats.country(value)
    return dimension === 'channel'
      ? (Object.entries(channels).find(([id]) => id === value)?.[1] ?? value)
      : value
  }
  const entries = Object.entries(narrowed)
  if (entries.length === 0) return null
  return (
    <div className="mb-6 flex flex-wrap items-center gap-2">
      <span className="text-grey-3">{words.narrowed}</span>
      {entries.map(([dimension, value]) => (
        <PathLink
          key={dimension}
          path="/overview"
          query={{ ...kept, ...narrowed, [dimension]: undefined }}
          title={words.remove(nameOf(dimension, value))}
          className={buttonClass('plain', 'small')}
        >
          {nameOf(dimension, value)}
          <Icon name="close" size={16} />
        </PathLink>
      ))}
      <PathLink
        path="/verifications"
        query={{ ...narrowed, range }}
        className={buttonClass('quiet', 'small')}
      >
        {words.showThem}
      </PathLink>
    </div>
  )
}
