import type { Text, TextKey } from '../../api/texts.ts'
import { Time } from '../../components/figures.tsx'
import { Section } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as textWords } from './words.ts'

/** What a project has written itself, and the way to each. */
export function OwnTexts({ own, current }: { own: readonly Text[]; current: TextKey }) {
  const words = useWords(textWords)
  const formats = useFormats()
  const channels = useWords(channelNames)
  return (
    <Section title={words.ownTexts}>
      {own.length === 0 ? (
        <p className="text-14 text-grey-3">{words.noOwnTexts}</p>
      ) : (
        <ul>
          {own.map(({ channel, purpose, locale, updatedAt, warnings }) => {
            const isCurrent =
              channel === current.channel && purpose === current.purpose && locale === current.locale
            return (
              <li
                key={`${channel} ${purpose} ${locale}`}
                className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-t border-grey-2 py-3 text-14"
              >
                <PathLink
                  path="/texts"
                  query={{ channel, purpose, locale }}
                  className={isCurrent ? 'font-strong' : 'text-accent hover:underline'}
                >
                  {`${channels[channel]} · ${words.purposes[purpose] ?? purpose} · ${formats.language(locale)}`}
                </PathLink>
                {updatedAt !== null && (
                  <span className="text-12 text-grey-3">
                    <Time at={updatedAt} />
                  </span>
                )}
                {warnings.length > 0 && (
                  <span className="text-12 text-warn">{words.warnings(warnings.length)}</span>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}
