import {
  type EmailAddress,
  isNationalSpelling,
  type PhoneNumber,
  parsePhoneNumber,
} from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { ChallengeStore } from '../ports/challenges.ts'

/** A phone number as a caller wrote it, and the other fields of the request. */
export type EnteredPhone = {
  project: Project
  purpose: Purpose
  entered: string
  countryCode: string | null
  email: EmailAddress | null
}

/** `unasked`: it could be a number of some country, but no code was requested that would determine which. */
export type EnteredPhoneRefusal = 'no-number' | 'unasked'
export type EnteredPhoneOutcome =
  | { ok: true; phone: PhoneNumber }
  | { ok: false; refusal: EnteredPhoneRefusal }

/**
 * Reads a number that a send has already had. Later requests name no country. If the project has none either, a national
 * spelling means the number for which the last code was requested.
 */
export type ReadEnteredPhone = (phone: EnteredPhone) => Promise<EnteredPhoneOutcome>

export function createReadEnteredPhone({
  challenges,
}: {
  challenges: Pick<ChallengeStore, 'findByEnteredTarget' | 'secondAddressOf'>
}): ReadEnteredPhone {
  return async ({ project, purpose, entered, countryCode, email }) => {
    const { id: projectId, settings } = project
    const phone = parsePhoneNumber(entered, { countryCode, region: settings.region })
    if (phone !== null) return { ok: true, phone }
    const hasCountry = countryCode !== null || settings.region !== null
    if (hasCountry || !isNationalSpelling(entered)) return { ok: false, refusal: 'no-number' }

    const subject = { projectId, purpose: purpose.name }
    const asked =
      email === null
        ? await challenges.findByEnteredTarget({ ...subject, recordId: null, entered })
        : await challenges.secondAddressOf({ ...subject, address: email })
    const same = asked === null ? null : sameNumber(entered, asked)
    return same === null ? { ok: false, refusal: 'unasked' } : { ok: true, phone: same }
  }
}

/** The E.164 number if `entered` is that number without its calling code, which has 1 to 3 digits. */
function sameNumber(entered: string, asked: string): PhoneNumber | null {
  for (let digits = 1; digits <= 3; digits += 1) {
    const phone = parsePhoneNumber(entered, { countryCode: asked.slice(1, 1 + digits) })
    if (phone === asked) return phone
  }
  return null
}
