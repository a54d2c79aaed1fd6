import { useQuery } from '@tanstack/react-query'
import { type Catalogue, catalogueQuery } from '../../api/catalogue.ts'
import type { Channel } from '../../api/inbox.ts'
import { ownTextsQuery, type Text, type TextKey } from '../../api/texts.ts'
import { SelectField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { WithProject } from '../../components/with-project.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { OwnTexts } from './own-texts.tsx'
import { TextEditor } from './text-editor.tsx'
import { words as textWords } from './words.ts'

/** What users read: each text with the message that it makes. */
export function TextsPage() {
  const words = useWords(textWords)
  const { data: catalogue, error, refetch } = useQuery(catalogueQuery)
  return (
    <Page title={words.title} sentence={words.sentence}>
      <WithProject>
        {({ projectId }) =>
          catalogue !== undefined ? (
            <ProjectTexts key={projectId} {...{ projectId, catalogue }} />
          ) : error === null ? (
            <Skeleton />
          ) : (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )
        }
      </WithProject>
    </Page>
  )
}

function ProjectTexts({ projectId, catalogue }: { projectId: string; catalogue: Catalogue }) {
  const { data: own = [] } = useQuery(ownTextsQuery(projectId))
  const key = useTextKey(catalogue)
  return (
    <>
      <KeyFields {...{ catalogue, own, current: key }} />
      <TextEditor key={`${key.channel} ${key.purpose} ${key.locale}`} {...{ projectId }} textKey={key} />
      <OwnTexts own={own} current={key} />
    </>
  )
}

/** The text that the URL names; the first of each where it names none, or none that exists. */
function useTextKey({ channels, textPurposes, locales }: Catalogue): TextKey {
  const [channel] = useQueryText('channel')
  const [purpose] = useQueryText('purpose')
  const [locale] = useQueryText('locale')
  return {
    channel: channels.find((one) => one === channel) ?? ('sms' satisfies Channel),
    purpose: textPurposes.find((one) => one === purpose) ?? 'code',
    locale: locales.find((one) => one === locale) ?? 'en',
  }
}

type KeyFieldsProps = { catalogue: Catalogue; own: readonly Text[]; current: TextKey }

function KeyFields({ catalogue, own, current }: KeyFieldsProps) {
  const words = useWords(textWords)
  const formats = useFormats()
  const channels = useWords(channelNames)
  const [, setChannel] = useQueryText('channel')
  const [, setPurpose] = useQueryText('purpose')
  const [, setLocale] = useQueryText('locale')
  const hasOwn = (part: Partial<TextKey>) => {
    const wanted = { ...current, ...part }
    return own.some(
      (text) =>
        text.channel === wanted.channel && text.purpose === wanted.purpose && text.locale === wanted.locale,
    )
  }
  const label = (name: string, part: Partial<TextKey>) => (hasOwn(part) ? `${name} · ${words.ownText}` : name)
  return (
    <div className="mb-6 grid grid-cols-2 gap-3 md:flex md:flex-wrap">
      <div className="md:w-40">
        <SelectField
          label={words.channel}
          name="channel"
          value={current.channel}
          onChange={setChannel}
          options={catalogue.channels.map((channel) => ({
            value: channel,
            label: label(channels[channel], { channel }),
          }))}
        />
      </div>
      <div className="md:w-48">
        <SelectField
          label={words.language}
          name="locale"
          value={current.locale}
          onChange={setLocale}
          options={catalogue.locales.map((locale) => ({
            value: locale,
            label: label(formats.language(locale), { locale }),
          }))}
        />
      </div>
      <div className="col-span-2 md:w-80">
        <SelectField
          label={words.purpose}
          name="purpose"
          value={current.purpose}
          onChange={setPurpose}
          options={catalogue.textPurposes.map((purpose) => ({
            value: purpose,
            label: label(words.purposes[purpose] ?? purpose, { purpose }),
          }))}
        />
      </div>
    </div>
  )
}
