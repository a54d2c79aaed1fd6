import type { Channel, Message } from '../../api/inbox.ts'
import { Icon, type IconName } from '../../components/icon.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as inboxWords } from './words.ts'

const channelIcons: Record<Channel, IconName> = {
  email: 'mail',
  sms: 'phone',
  whatsapp: 'texts',
  voice: 'phone',
}

type MessageListProps = { shown: Message[]; chosen: Message | null; open: (id: string) => void }

/** The messages, newest first, each with its code. */
export function MessageList({ shown, chosen, open }: MessageListProps) {
  const words = useWords(inboxWords)
  const read = chosen ?? shown[0]
  return (
    <ul aria-label={words.messages} className="divide-y divide-grey-2 border-y border-grey-2">
      {shown.map((message) => (
        <li key={message.id}>
          <Entry {...{ message, isRead: message === read, open }} />
        </li>
      ))}
    </ul>
  )
}

function Entry({
  message: { id, channel, to, code, subject, text, createdAt, verifiedAt },
  isRead,
  open,
}: {
  message: Message
  isRead: boolean
  open: (id: string) => void
}) {
  const words = useWords(inboxWords)
  const formats = useFormats()
  return (
    <button
      type="button"
      onClick={() => open(id)}
      aria-current={isRead ? 'true' : undefined}
      className="block w-full px-3 py-3 text-left -outline-offset-2 hover:bg-grey-1 lg:aria-[current]:bg-grey-1"
    >
      <span className="flex items-center gap-2">
        <span className="text-grey-3" title={words.channels[channel]}>
          <Icon name={channelIcons[channel]} size={16} />
        </span>
        <span className="min-w-0 flex-1 truncate font-strong">{to}</span>
        <span className="font-mono text-12 whitespace-nowrap text-grey-3 tabular-nums">
          {formats.moment(new Date(createdAt))}
        </span>
      </span>
      <span className="mt-1 flex items-baseline gap-3 pl-6">
        {code !== null && <span className="font-mono text-16 font-strong tabular-nums">{code}</span>}
        <span className="min-w-0 flex-1 truncate text-grey-3">{subject ?? text}</span>
        {verifiedAt !== null && (
          <span className="self-center text-12">
            <Meaning kind="good">{words.verified}</Meaning>
          </span>
        )}
      </span>
    </button>
  )
}
