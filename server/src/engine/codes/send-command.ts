import type { Channel } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Content } from '../../domain/challenge.ts'
import type { SendRules } from '../../domain/judge-send.ts'
import type { Limit } from '../../domain/limit.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { SubjectFields } from './subject.ts'

/** What a dialect asks for. */
export type SendCommand = SubjectFields & {
  channel: Channel
  /** The address as the caller wrote it. */
  target: string
  content: Content
  languages: LanguageWish
  /** The language of the account that is written to, where it has said one. */
  accountLocale?: MessageLocale | null
  /** Who calls a keyless route; null when an API key or the server itself does. */
  caller: Caller | null
  condition?: SendRules['condition']
  /** Seconds between two sends; the project's own by default. */
  cooldownSeconds?: number
  guards?: Limit[]
  idempotency?: SendRules['idempotency']
  /** Wait this long for the carriers' first word. */
  waitMilliseconds?: number
}
