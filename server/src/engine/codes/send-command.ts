import type { Channel } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Content } from '../../domain/challenge.ts'
import type { SendRules } from '../../domain/judge-send.ts'
import type { Limit } from '../../domain/limit.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { SubjectFields } from './subject.ts'

/**
 * What a dialect asks for. `Option` names the options that it gives: only those can be refused for reasons of their own
 * (`SendCodeRefusal`), and no others can be given.
 */
export type SendCommand<Option extends SendOption = SendOption> = SendBasics &
  Pick<SendOptions, Option> &
  // Every command says who calls, so that no keyless route can forget it and go without limits.
  ('caller' extends Option ? unknown : { caller: null })

type SendBasics = SubjectFields & {
  channel: Channel
  /** The address as the caller wrote it. */
  target: string
  content: Content
  languages: LanguageWish
  /** The language of the account that is written to, where it has said one. */
  accountLocale?: MessageLocale | null
  /** Seconds between two sends; the project's own by default. */
  cooldownSeconds?: number
  /** Wait this long for the carriers' first word. */
  waitMilliseconds?: number
}

type SendOptions = {
  /** Who calls a keyless route; null when an API key or the server itself does. */
  caller: Caller | null
  condition?: SendRules['condition']
  /** Limits on callers who look for the addresses that somebody has. */
  guards?: Limit[]
  idempotency?: SendRules['idempotency']
  /** One token of the project is spent. */
  spendsToken?: boolean
}

/** What a command can be given beyond the basics, each with refusals of its own. */
export type SendOption = keyof SendOptions
