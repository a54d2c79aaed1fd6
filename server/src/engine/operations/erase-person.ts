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
