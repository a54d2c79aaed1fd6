import type { Preview, TextKey } from '../../api/texts.ts'
import { Meaning, Notice } from '../../components/meaning.tsx'
import { Skeleton } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { PhoneFrame } from '../inbox/phone-frame.tsx'
import { MailPreview } from './mail-preview.tsx'
import { words as textWords } from './words.ts'

type PreviewPaneProps = { textKey: TextKey; preview: Preview | undefined; isStale: boolean }

/** The message on the telephone or in the mail program that gets it. */
export function PreviewPane({ textKey, preview, isStale }: PreviewPaneProps) {
  const words = useWords(textWords)
  return (
    <section aria-label={words.preview} aria-busy={isStale} className="min-w-0">
      <h2 className="mb-3 text-16">{words.preview}</h2>
      {preview === undefined ? (
        <Skeleton lines={8} />
      ) : (
        <div className={isStale ? 'opacity-60 transition-opacity' : ''}>
          <Message {...{ textKey, preview }} />
          <Size preview={preview} />
          {preview.warnings.length > 0 && (
            <div className="mt-4" lang="en">
              <Notice kind="warn">
                <ul className="space-y-1">
                  {preview.warnings.map(({ path, message }) => (
                    <li key={`${path} ${message}`}>{`${path} ${message}`}</li>
                  ))}
                </ul>
              </Notice>
            </div>
          )}
        </div>
      )}
    </section>
  )
}

function Message({ textKey: { channel, locale }, preview }: { textKey: TextKey; preview: Preview }) {
  const words = useWords(textWords)
  const channels = useWords(channelNames)
  const { subject, text, html } = preview
  if (html === null)
    return (
      <div lang={locale} dir="auto">
        <PhoneFrame message={{ channel, text, createdAt: new Date().toISOString() }} />
      </div>
    )
  return (
    <>
      <p className="mb-2 text-14">
        <span className="text-grey-3">{words.subject}</span>{' '}
        <span className="font-strong" lang={locale} dir="auto">
          {subject}
        </span>
      </p>
      <Tabs
        label={channels[channel]}
        tabs={[
          { id: 'mail', label: words.asMail, content: <MailPreview html={html} label={words.asMail} /> },
          {
            id: 'text',
            label: words.asText,
            content: (
              <p lang={locale} dir="auto" className="text-14 break-words whitespace-pre-wrap">
                {text}
              </p>
            ),
          },
        ]}
      />
    </>
  )
}

/** How many SMS it takes, each of which is paid for. */
function Size({ preview: { sms } }: { preview: Preview }) {
  const words = useWords(textWords)
  const formats = useFormats()
  if (sms === null) return null
  return (
    <p className="mt-4 text-14" aria-live="polite">
      <Meaning kind={sms.segments === 1 ? 'good' : 'warn'}>
        <span className="font-strong">{words.segments(sms.segments)}</span>
      </Meaning>{' '}
      <span className="text-grey-3">{words.length(formats.number(sms.length), sms.alphabet)}</span>
    </p>
  )
}
