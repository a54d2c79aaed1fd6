import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { EnteredPhoneRefusal, ReadEnteredPhone } from '../../engine/accounts/read-entered-phone.ts'
import type { ProofClaimant } from '../../engine/codes/keep-proof.ts'
import type { Call } from '../../http/dialect.ts'
import { readEmail } from './read-fields.ts'

/** The fields that sign-up and login have in common. */
export type ClaimBody = {
  mobile: string
  email?: string | null
  countryCode?: string | null
  verificationToken?: string | null
}

export type Claim = { ok: true; claimant: ProofClaimant } | { ok: false; refusal: EnteredPhoneRefusal }

/** Reads who claims to have verified. A token in the body takes precedence over one in the header. */
export async function readClaim(
  { body, headers, caller }: Pick<Call<ClaimBody>, 'body' | 'headers' | 'caller'>,
  {
    project,
    purpose,
    readEnteredPhone,
  }: { project: Project; purpose: Purpose; readEnteredPhone: ReadEnteredPhone },
): Promise<Claim> {
  const email = readEmail(body.email)
  const countryCode = body.countryCode ?? null
  const read = await readEnteredPhone({ project, purpose, entered: body.mobile, countryCode, email })
  if (!read.ok) return read

  const verificationToken = body.verificationToken ?? headers['x-verification-token'] ?? null
  return { ok: true, claimant: { project, phone: read.phone, email, verificationToken, caller } }
}
