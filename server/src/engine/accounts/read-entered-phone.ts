import {
  type EmailAddress,
  isNationalSpelling,
  type PhoneNumber,
  parsePhoneNumber,
} from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { ChallengeStore } from '../ports/challenges.ts'

/** A phone number as a caller wrote it, and what stands beside it. */
export type EnteredPhone = {
  project: Project
  purpose: Purpose
  entered: string
  countryCode: string | null
  email: EmailAddress | null
}

/** `unasked`: it could be a number of some country, but no code was asked for beside it that would say of which. */
export type EnteredPhoneRefusal = 'no-number' | 'unasked'
export type EnteredPhoneOutcome =
  | { ok: true; phone: PhoneNumber }
  | { ok: false; refusal: EnteredPhoneRefusal }

/**
 * Reads a number that a send has already seen. Requests after it name no country: where the project has none either, a
 * national spelling means the number that the last code was asked for.
 */
export type ReadEnteredPhone = (spelled: EnteredPhone) => Promise<EnteredPhoneOutcome>

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

/** The E.164 number, if the national spelling is that number without its country: calling codes have 1 to 3 digits. */
function sameNumber(entered: string, asked: string): PhoneNumber | null {
  for (let digits = 1; digits <= 3; digits += 1) {
    const phone = parsePhoneNumber(entered, { countryCode: asked.slice(1, 1 + digits) })
    if (phone === asked) return phone
  }
  return null
}
