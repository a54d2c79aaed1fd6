import { LRUCache } from 'lru-cache'

/** A message that the SMSC took: its id as the answer spelled it, and the digits of its recipient. */
export type SubmittedMessage = { id: string; recipient: string }

/**
 * The ids of the messages that were taken lately, however a receipt spells them: with or without leading zeros (SMPP 3.4
 * appendix B has ten digits), in capitals or not, in decimal or hexadecimal numerals.
 */
export type SubmittedIds = {
  add(message: SubmittedMessage): void
  /** The message of this very id, else the one of the same id in another spelling. */
  find(id: string): SubmittedMessage | undefined
}

const idsMax = 50_000

/** Creates an empty memory. What has left it is known by its own spelling only. */
export function createSubmittedIds(): SubmittedIds {
  const exact = new LRUCache<string, SubmittedMessage>({ max: idsMax })
  const spellings = new LRUCache<string, SubmittedMessage>({ max: 3 * idsMax })
  return {
    add(message) {
      exact.set(message.id, message)
      for (const spelling of spellingsOf(message.id)) spellings.set(spelling, message)
    },
    find: (id) => exact.get(id) ?? spellings.get(plain(id)),
  }
}

const plain = (id: string): string => id.toLowerCase().replace(/^0+(?=.)/, '')

function spellingsOf(id: string): Set<string> {
  const spelling = plain(id)
  const all = new Set([spelling])
  if (/^[0-9]{1,64}$/.test(spelling)) all.add(BigInt(spelling).toString(16))
  if (/^[0-9a-f]{1,64}$/.test(spelling)) all.add(BigInt(`0x${spelling}`).toString())
  return all
}
