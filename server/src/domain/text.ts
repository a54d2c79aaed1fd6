import { type Channel, channels } from './address.ts'
import type { Issue } from './issue.ts'
import { type MessageLocale, messageLocales, parseMessageLocale } from './locale.ts'
import type { ProjectId } from './project.ts'
import type { PurposeName } from './purpose.ts'

/** Messages without a code. */
export const notices = ['notice-account-exists', 'notice-password-reset', 'notice-address-changed'] as const
export type Notice = (typeof notices)[number]

/** What a text is written for: a purpose, a notice, or `code`, which serves every purpose without a text of its own. */
export type TextPurpose = PurposeName | Notice | 'code'

/** Everything that texts can be written for on a server with these purposes. */
export const textPurposesOf = (purposes: readonly PurposeName[]): readonly TextPurpose[] => [
  'code',
  ...purposes,
  ...notices,
]

/** Identifies a text: a project has at most one for each key. */
export type TextKey = { channel: Channel; purpose: TextPurpose; locale: MessageLocale }

/** A text as somebody wrote it. `subject` is null on channels without one. */
export type TextDraft = { subject: string | null; body: string }

/** A project's own text. */
export type StoredText = TextKey & TextDraft & { projectId: ProjectId; updatedAt: Date }

export const isNotice = (purpose: TextPurpose): purpose is Notice =>
  notices.some((notice) => notice === purpose)

/** Parses the key of a text, or returns everything that is wrong with it. */
export function parseTextKey(
  { channel, purpose, locale }: Record<keyof TextKey, unknown>,
  purposes: readonly PurposeName[],
): { ok: true; key: TextKey } | { ok: false; issues: Issue[] } {
  const textPurposes = textPurposesOf(purposes)
  const known = {
    channel: channels.find((name) => name === channel),
    purpose: textPurposes.find((name) => name === purpose),
    locale: parseMessageLocale(locale) ?? undefined,
  }
  if (known.channel !== undefined && known.purpose !== undefined && known.locale !== undefined)
    return { ok: true, key: { channel: known.channel, purpose: known.purpose, locale: known.locale } }

  const choices = { channel: channels, purpose: textPurposes, locale: messageLocales }
  const issues = Object.entries(choices)
    .filter(([path]) => known[path as keyof TextKey] === undefined)
    .map(([path, names]) => ({ path, message: `must be one of ${names.join(', ')}` }))
  return { ok: false, issues }
}

/** `issues` prevent a text from being stored; `warnings` do not. */
export type TextValidation = { issues: Issue[]; warnings: Issue[] }

/** How an SMS is encoded, and in how many segments, each of which is paid for. */
export type SmsSize = { alphabet: 'GSM-7' | 'UCS-2'; length: number; segments: number }

/** A message as people will see it. Only mail has `html`, and only SMS has `sms`. */
export type TextPreview = { subject: string | null; text: string; html: string | null; sms: SmsSize | null }
