import type { Message } from '../../api/inbox.ts'
import { Icon } from '../../components/icon.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as inboxWords } from './words.ts'

/** An SMS, a WhatsApp message or a call on the telephone that gets it. */
export function PhoneFrame({
  message: { channel, text, createdAt },
}: {
  message: Pick<Message, 'channel' | 'text' | 'createdAt'>
}) {
  const words = useWords(inboxWords)
  const formats = useFormats()
  return (
    <div className="w-full max-w-[22rem] rounded-[28px] border-[6px] border-grey-2 bg-grey-1 px-4 pt-3 pb-8">
      <div aria-hidden="true" className="mx-auto mb-4 h-1.5 w-16 rounded-full bg-grey-2" />
      <p className="mb-4 flex items-center justify-center gap-2 text-12 text-grey-3">
        <Icon name={channel === 'whatsapp' ? 'texts' : 'phone'} size={16} />
        {words.channels[channel]} · {formats.moment(new Date(createdAt))}
      </p>
      {channel === 'voice' && <p className="mb-2 text-center text-12 text-grey-3">{words.callIntro}</p>}
      <p className="w-fit max-w-[92%] rounded-[16px] rounded-bl-[4px] bg-paper px-4 py-3 text-16 break-words whitespace-pre-wrap">
        {text}
      </p>
      <div aria-hidden="true" className="h-24" />
    </div>
  )
}
