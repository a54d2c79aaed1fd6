import { useFormats } from '../language/formats.ts'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { Meaning } from './meaning.tsx'

/** When live data was last alive; nothing before its first word. */
export function Liveness({ at, isLive }: { at: Date | null; isLive: boolean }) {
  const words = useWords(sharedWords)
  const formats = useFormats()
  if (at === null) return null
  const time = formats.moment(at)
  return (
    <span className="text-12">
      <Meaning kind={isLive ? 'good' : 'warn'}>{isLive ? words.live(time) : words.notLive(time)}</Meaning>
    </span>
  )
}
