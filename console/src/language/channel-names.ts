import type { Channel } from '../api/inbox.ts'
import { defineWords } from './words.ts'

/** What channels are called. */
export const channelNames = defineWords<Record<Channel, string>>({
  en: { email: 'E-mail', sms: 'SMS', whatsapp: 'WhatsApp', voice: 'Call' },
  fr: { email: 'E-mail', sms: 'SMS', whatsapp: 'WhatsApp', voice: 'Appel' },
})
