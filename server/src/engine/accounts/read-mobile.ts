import {
  type EmailAddress,
  isNationalSpelling,
  type PhoneNumber,
  parsePhoneNumber,
} from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { MobilePurpose } from './request-mobile-code.ts'

/** A mobile as a caller wrote it, and what stands beside it. */
export type SpelledMobile = {
  project: Project
  purpose: MobilePurpose
  mobile: string
  countryCode: string | null
  email: EmailAddress | null
}

/** `unasked`: it could be a number of some country, but no code was asked for beside it that would say of which. */
export type ReadMobileRefusal = 'no-number' | 'unasked'
export type MobileOutcome = { ok: true; phone: PhoneNumber } | { ok: false; refusal: ReadMobileRefusal }

/**
 * Reads a mobile that `send` has already seen. Requests after it name no country: where the project has none either, a
 * national spelling means the number that the last code was asked for.
 */
export type ReadMobile = (spelled: SpelledMobile) => Promise<MobileOutcome>

export function createReadMobile({
  challenges,
}: {
  challenges: Pick<ChallengeStore, 'addressSpelled' | 'companionOf'>
}): ReadMobile {
  return async ({ project, purpose, mobile, countryCode, email }) => {
    const { id: projectId, settings } = project
    const phone = parsePhoneNumber(mobile, { countryCode, region: settings.region })
    if (phone !== null) return { ok: true, phone }
    const hasCountry = countryCode !== null || settings.region !== null
    if (hasCountry || !isNationalSpelling(mobile)) return { ok: false, refusal: 'no-number' }

    const asked =
      email === null
        ? await challenges.addressSpelled({ projectId, purpose, recordId: null, spelling: mobile })
        : await challenges.companionOf({ projectId, purpose, address: email })
    const same = asked === null ? null : sameNumber(mobile, asked)
    return same === null ? { ok: false, refusal: 'unasked' } : { ok: true, phone: same }
  }
}

/** The E.164 number, if the national spelling is that number without its country: calling codes have 1 to 3 digits. */
function sameNumber(mobile: string, asked: string): PhoneNumber | null {
  for (let digits = 1; digits <= 3; digits += 1) {
    const phone = parsePhoneNumber(mobile, { countryCode: asked.slice(1, 1 + digits) })
    if (phone === asked) return phone
  }
  return null
}
