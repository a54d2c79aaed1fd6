import { mailboxOf } from '../../domain/address.ts'
import { type OutgoingMessage, toOneLine } from '../carrier.ts'

const detailLengthMax = 500

/** Of shorter ones nothing would be left of what a carrier says. */
const secretLengthMin = 6

/**
 * A carrier's words fit to be kept: carriers like to repeat the message and its address, and pages of errors the request;
 * neither the code nor the address nor a `hidden` login may stand in records or logs (C2).
 */
export function cleanDetail(
  detail: string,
  { code, to }: Pick<OutgoingMessage, 'code' | 'to'>,
  hidden: readonly string[] = [],
): string {
  const secrets = [
    // Longest first, for one may be a part of another.
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
  // Cut before it is searched, for a carrier may send a megabyte, and after, so that nothing is cut in two and stays.
  const line = toOneLine(detail.slice(0, detailLengthMax * 4))
  return line.replace(new RegExp(secrets.join('|') || '$^', 'gi'), '[removed]').slice(0, detailLengthMax)
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
