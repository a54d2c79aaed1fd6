import type { Address } from './address.ts'
import { onePhone } from './numbering-plan.ts'
import { Secret } from './secret.ts'

/** An address of a reviewer of an app store, whose code is always the same and is never sent. */
export type TestRecipient = {
  address: Address
  /** Five to ten digits; purposes whose codes have another length treat the address like any other. */
  code: string
  /** When the address becomes one like any other; a moment of ISO 8601. */
  until: string
}

/** The fixed code of an address and until when it holds, or null for everybody else (C4). */
export function findTestRecipient(
  { testRecipients }: { testRecipients: readonly TestRecipient[] },
  address: Address,
  digits: number,
): { code: Secret; until: Date } | null {
  const found = testRecipients.find(
    (recipient) => onePhone(recipient.address) === address && recipient.code.length === digits,
  )
  if (found === undefined) return null
  const until = new Date(found.until)
  // An entry without an end is none: it was not written by the settings, which demand one.
  return found.until === null || Number.isNaN(until.getTime())
    ? null
    : { code: new Secret(found.code), until }
}
