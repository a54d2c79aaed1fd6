import type { Address, Channel } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { AccountId, Content } from '../../domain/challenge.ts'
import type { SendRequest } from '../../domain/judge-send.ts'
import type { Limit } from '../../domain/limit.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'

/** What a dialect asks for. */
export type SendCommand = {
  project: Project
  purpose: Purpose
  channel: Channel
  address: Address
  /** The address as the caller wrote it. */
  target: string
  recordId?: string | null
  companion?: string | null
  accountId?: AccountId | null
  content: Content
  languages: LanguageWish
  /** The language of the account that is written to, where it has said one. */
  accountLocale?: MessageLocale | null
  /** Who calls a keyless route; null when an API key or the server itself does. */
  caller: Caller | null
  condition?: SendRequest['condition']
  /** Seconds between two sends; the project's own by default. */
  cooldownSeconds?: number
  guards?: Limit[]
  idempotency?: SendRequest['idempotency']
  /** Wait this long for the carriers' first word. */
  waitMilliseconds?: number
}
