import type { Address } from './address.ts'
import { onePhone } from './numbering-plan.ts'
import { Secret } from './secret.ts'

/** The address of an app store reviewer. Its code is fixed and is never sent. */
export type TestRecipient = {
  address: Address
  /** Five to ten digits. Purposes whose codes have another length treat the address like any other. */
  code: string
  /** When the address becomes an ordinary one, in ISO 8601. */
  until: string
}

/** The fixed code of an address and the end of its validity, or null for any other address (C4). */
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
  // An entry without an end is ignored: the settings require one, so they did not write it.
  return found.until === null || Number.isNaN(until.getTime())
    ? null
    : { code: new Secret(found.code), until }
}
