import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

export type Channel = 'email' | 'sms' | 'whatsapp' | 'voice'

/** A message as `/dev/inbox` answers it. */
export type Message = {
  id: string
  channel: Channel
  to: string
  subject: string | null
  text: string
  html: string | null
  code: string | null
  createdAt: string
  /** When its code was spent. */
  verifiedAt: string | null
}

const askEveryMilliseconds = 2000

/** The newest messages, asked again as long as the page is looked at. */
export const inboxQuery = (limit: number) =>
  queryOptions({
    queryKey: ['inbox', limit],
    queryFn: ({ signal }) => request<Message[]>('dev/inbox', { query: { limit }, signal }),
    refetchInterval: askEveryMilliseconds,
    placeholderData: keepPreviousData,
    // It is asked again in a moment anyhow.
    retry: false,
  })

/**
 * Whether a message is one that somebody looks for: by a part of its address, code or text, or by a phone number in any
 * spelling, so that `0712 345 678` finds +255712345678.
 */
export function matches({ to, code, subject, text }: Message, wanted: string): boolean {
  const words = wanted.trim().toLowerCase()
  if (words === '') return true
  const isWritten = [to, code, subject, text].some((part) => part?.toLowerCase().includes(words) === true)
  return isWritten || isSamePhone(to, words)
}

/** The zero before a national number, or the zeros before a country code, are no part of the number. */
function isSamePhone(to: string, wanted: string): boolean {
  if (!to.startsWith('+') || !/^[+\d\s().\-/]{5,}$/.test(wanted)) return false
  const digits = wanted.replace(/\D/g, '').replace(/^0+/, '')
  return digits.length >= 4 && to.includes(digits)
}
