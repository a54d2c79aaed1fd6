import type { Message } from '../../api/inbox.ts'
import { urlOf } from '../../api/request.ts'
import { Copyable, CopyButton } from '../../components/copy-button.tsx'
import { Time } from '../../components/figures.tsx'
import { type Tab, Tabs } from '../../components/tabs.tsx'
import { useWords } from '../../language/language.tsx'
import { PhoneFrame } from './phone-frame.tsx'
import { words as inboxWords } from './words.ts'

/** One message: its code first, then how it looks where it arrives. */
export function MessageView({ message }: { message: Message }) {
  const words = useWords(inboxWords)
  const { id, to, subject, code, channel, createdAt, verifiedAt } = message
  return (
    <article aria-label={subject ?? `${words.channels[channel]} · ${to}`}>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        {code === null ? (
          <p className="text-16 text-grey-3">{words.noCode}</p>
        ) : (
          <>
            <p className="font-mono text-28 font-strong tracking-[0.12em] tabular-nums select-all">{code}</p>
            <CopyButton look="primary" size="usual" text={code} label={words.copyCode} />
          </>
        )}
      </div>
      <dl className="mb-6 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1 text-14 [&_dt]:text-grey-3">
        <dt>{words.to}</dt>
        <dd>
          <Copyable text={to} />
        </dd>
        {subject !== null && (
          <>
            <dt>{words.subject}</dt>
            <dd className="px-1">{subject}</dd>
          </>
        )}
        <dt>{words.sent}</dt>
        <dd className="px-1">
          <Time at={createdAt} /> · {words.channels[channel]}
        </dd>
        {verifiedAt !== null && (
          <>
            <dt>{words.verified}</dt>
            <dd className="px-1">
              <Time at={verifiedAt} />
            </dd>
          </>
        )}
        <dt>{words.id}</dt>
        <dd>
          <Copyable text={id} />
        </dd>
      </dl>
      {channel === 'email' ? <Mail message={message} /> : <PhoneFrame message={message} />}
    </article>
  )
}

function Mail({ message: { id, html, subject, text } }: { message: Message }) {
  const words = useWords(inboxWords)
  const rendered: Tab = {
    id: 'mail',
    label: words.asMail,
    content: (
      <iframe
        title={words.mailTitle(subject ?? '')}
        // Nothing in it may run, open or send anything; the server says the same for the document itself.
        sandbox=""
        src={urlOf('dev/mail', { id }).href}
        className="h-[32rem] w-full rounded border border-grey-2 bg-[#fff]"
      />
    ),
  }
  return (
    <Tabs
      label={subject ?? words.asMail}
      tabs={[
        ...(html === null ? [] : [rendered]),
        { id: 'text', label: words.asText, content: <Plain text={text} /> },
        ...(html === null ? [] : [{ id: 'source', label: words.asSource, content: <Source text={html} /> }]),
      ]}
    />
  )
}

const Plain = ({ text }: { text: string }) => (
  <p className="max-w-[72ch] text-16 break-words whitespace-pre-wrap">{text}</p>
)

const Source = ({ text }: { text: string }) => (
  <div>
    <CopyButton text={text} />
    <pre className="mt-2 max-h-[32rem] overflow-auto rounded bg-grey-1 p-4 text-12 break-words whitespace-pre-wrap">
      {text}
    </pre>
  </div>
)
