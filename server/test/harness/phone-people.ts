import { Secret } from '../../src/domain/secret.ts'
import type { ImportedAccount } from '../../src/engine/ports/imports.ts'
import { createPasswordHashing } from '../../src/passwords/password-hashing.ts'
import { email, phone } from './account-world.ts'

/*
 * The people of the document of `kikapu`.
 */

export const demoPhone = phone('+255712345678')
export const demoBusiness = { id: 123, name: 'My Store', type: 'retailer', isVerified: true }

export const demoOwner: Partial<ImportedAccount> = {
  type: 'BUSINESS',
  email: email('john@example.com'),
  phone: demoPhone,
  fullName: 'John Doe',
  businessIds: [demoBusiness.id],
}

/** The delivery agent with the password `securepassword`. */
export const demoAgent = async (): Promise<Partial<ImportedAccount>> => ({
  type: 'AGENT',
  email: email('agent@example.com'),
  phone: demoPhone,
  fullName: 'John Agent',
  agentCode: 'AG12345',
  assignedArea: 'Central District',
  passwordHash: await createPasswordHashing({ queueMax: 10 }).hash(new Secret('securepassword')),
})

/** New numbers, so that tests on one database do not share cross-project counters. */
export function createNumbers(prefix: string) {
  let count = 0
  return () => {
    count += 1
    return phone(`${prefix}${String(count).padStart(4, '0')}`)
  }
}
