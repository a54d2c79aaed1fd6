import type { Channel } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Content } from '../../domain/challenge.ts'
import type { SendRules } from '../../domain/judge-send.ts'
import type { Limit } from '../../domain/limit.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import type { SubjectFields } from './subject.ts'

/**
 * What a dialect asks for. `Option` names the options that it sets. Only their refusals can occur (`SendCodeRefusal`), and
 * the dialect cannot set others.
 */
export type SendCommand<Option extends SendOption = SendOption> = SendBasics &
  Pick<SendOptions, Option> &
  // Every command states its caller, so that no keyless route can forget it and bypass the limits.
  ('caller' extends Option ? unknown : { caller: null })

type SendBasics = SubjectFields & {
  channel: Channel
  /** The address as the caller wrote it. */
  target: string
  content: Content
  languages: LanguagePreference
  /** The language of the account that the message goes to, if it has one. */
  accountLocale?: MessageLocale | null
  /** The API key that asks; null where none does. */
  apiKeyId?: string | null
  /** Seconds between two sends; by default those of the project. */
  cooldownSeconds?: number
  /** How long to wait for the first outcome of the carriers. */
  waitMilliseconds?: number
}

type SendOptions = {
  /** Who calls a keyless route; null when an API key or the server itself does. */
  caller: Caller | null
  condition?: SendRules['condition']
  /** Limits on callers who search for addresses with an account. */
  guards?: Limit[]
  idempotency?: SendRules['idempotency']
  /** Spends one token of the project. */
  spendsToken?: boolean
}

/** The options of a command, each with its own refusals. */
export type SendOption = keyof SendOptions
