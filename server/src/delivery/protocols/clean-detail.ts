import { mailboxOf } from '../../domain/address.ts'
import { foreignWords } from '../../domain/foreign-text.ts'
import { type OutgoingMessage, toOneLine } from '../carrier.ts'

const detailLengthMax = 500

/** Removing shorter ones would leave nothing of what a carrier says. */
const secretLengthMin = 6

/**
 * Makes a carrier's text safe to store. Carriers often repeat the message and its address, and error pages the request,
 * but neither the code, nor the address, nor a `hidden` login may appear in records or logs (C2).
 */
export function cleanDetail(
  detail: string,
  { code, to }: Pick<OutgoingMessage, 'code' | 'to'>,
  hidden: readonly string[] = [],
): string {
  const secrets = [
    // Longest first, because one may be part of another.
    ...hidden
      .filter(({ length }) => length >= secretLengthMin)
      .flatMap((text) => [text, encodeURIComponent(text)])
      .sort((one, other) => other.length - one.length)
      .map(escapePattern),
    ...(code === null ? [] : [[...code.reveal()].map(escapePattern).join('[\\s.-]?')]),
    ...(to === ''
      ? []
      : [mailboxOf(to), to, to.replace(/^\+/, ''), encodeURIComponent(to)].map(escapePattern)),
  ]
  // Cut before the search, because a carrier may send a megabyte, and again after it, so that no secret is split and
  // missed.
  const line = toOneLine(detail.slice(0, detailLengthMax * 4))
  return foreignWords(line.replace(new RegExp(secrets.join('|') || '$^', 'gi'), '[removed]'), detailLengthMax)
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
