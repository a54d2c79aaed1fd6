import type { Account } from '../../domain/account.ts'
import { type Address, parseAddress } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { Erased, PersonStore } from '../ports/people.ts'

export type EraseOutcome =
  | { ok: true; address: Address; erased: Erased }
  | { ok: false; refusal: 'not-an-address' | 'address-unknown' }

/** Erases a person by e-mail address or phone number. */
export async function erasePerson(
  people: PersonStore,
  { id, settings }: Pick<Project, 'id' | 'settings'>,
  text: string,
): Promise<EraseOutcome> {
  const address = parseAddress(text, { region: settings.region })
  if (address === null) return { ok: false, refusal: 'not-an-address' }
  const erased = await people.erase(id, address)
  return erased === null ? { ok: false, refusal: 'address-unknown' } : { ok: true, address, erased }
}

/** Erases the person whom an account is, by the address that identifies it: one that is proven, or all that it has. */
export async function eraseUser(
  people: PersonStore,
  { projectId, email, emailVerifiedAt, phone, phoneVerifiedAt }: Account,
): Promise<EraseOutcome> {
  const isByEmail = emailVerifiedAt !== null || phoneVerifiedAt === null
  const address = (isByEmail ? email : null) ?? phone
  const erased = address === null ? null : await people.erase(projectId, address)
  return address === null || erased === null
    ? { ok: false, refusal: 'address-unknown' }
    : { ok: true, address, erased }
}
