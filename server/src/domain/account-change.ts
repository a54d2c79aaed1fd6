import type { Account } from './account.ts'
import type { EmailAddress, PhoneNumber } from './address.ts'
import type { MessageLocale } from './locale.ts'

/** What an operator changes in an account. What is absent stays as it is, and null removes. */
export type AccountChange = Partial<{
  email: EmailAddress | null
  isEmailVerified: boolean
  phone: PhoneNumber | null
  isPhoneVerified: boolean
  firstName: string | null
  lastName: string | null
  fullName: string | null
  agentCode: string | null
  assignedArea: string | null
  locale: MessageLocale | null
  isActive: boolean
}>

/** `no-email`, `no-phone`: the account has none that could be proven or not. `no-address`: it would have none left. */
export type AccountChangeRefusal = 'no-address' | 'no-email' | 'no-phone'

/** The state of one address after a change. `keepsProof`: it was proven before, and still is. */
export type ChangedAddress<Kind> = { address: Kind | null; isProven: boolean; keepsProof: boolean }

export type JudgedChange =
  | {
      ok: true
      next: Omit<Account, 'email' | 'emailVerifiedAt' | 'phone' | 'phoneVerifiedAt'>
      email: ChangedAddress<EmailAddress>
      phone: ChangedAddress<PhoneNumber>
      /** The names of what is different now. */
      changed: (keyof AccountChange)[]
      /** Whether an address that was proven is no more: what it has opened must end. */
      losesProof: boolean
    }
  | { ok: false; refusal: AccountChangeRefusal }

/** Judges a change of an account by its operator. */
export function judgeAccountChange(account: Account, change: AccountChange): JudgedChange {
  const { email: _, isEmailVerified, phone: __, isPhoneVerified, ...others } = change
  const email = changeAddress(account.email, account.emailVerifiedAt, {
    address: change.email,
    isVerified: isEmailVerified,
  })
  const phone = changeAddress(account.phone, account.phoneVerifiedAt, {
    address: change.phone,
    isVerified: isPhoneVerified,
  })
  if (email.address === null && phone.address === null) return { ok: false, refusal: 'no-address' }
  if (email.address === null && isEmailVerified !== undefined) return { ok: false, refusal: 'no-email' }
  if (phone.address === null && isPhoneVerified !== undefined) return { ok: false, refusal: 'no-phone' }

  const next = { ...account, ...others }
  const names = Object.keys(others) as (keyof typeof others)[]
  const changed: (keyof AccountChange)[] = names.filter((name) => next[name] !== account[name])
  if (email.address !== account.email) changed.push('email')
  if (email.isProven !== (account.emailVerifiedAt !== null)) changed.push('isEmailVerified')
  if (phone.address !== account.phone) changed.push('phone')
  if (phone.isProven !== (account.phoneVerifiedAt !== null)) changed.push('isPhoneVerified')
  const losesProof =
    (account.emailVerifiedAt !== null && !email.keepsProof) ||
    (account.phoneVerifiedAt !== null && !phone.keepsProof)
  return { ok: true, next, email, phone, changed, losesProof }
}

function changeAddress<Kind extends EmailAddress | PhoneNumber>(
  before: Kind | null,
  verifiedAt: Date | null,
  { address = before, isVerified }: { address: Kind | null | undefined; isVerified: boolean | undefined },
): ChangedAddress<Kind> {
  const isSame = address === before
  const isProven = address !== null && (isVerified ?? (isSame && verifiedAt !== null))
  return { address, isProven, keepsProof: isProven && isSame && verifiedAt !== null }
}
