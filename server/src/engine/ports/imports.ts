import type { AccountType, PasswordHash } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'

/** Imports accounts of another system. */
export type ImportStore = {
  /** Stores many at once. */
  storeAll(
    projectId: ProjectId,
    accounts: ImportedAccount[],
    options: { keep: ImportKeep; onProgress: (done: number) => void },
  ): Promise<ImportResult>
  /** Stores one, and returns its number. */
  storeOne(
    projectId: ProjectId,
    account: ImportedAccount,
  ): Promise<{ ok: true; id: AccountId } | { ok: false; problem: ImportProblem }>
}

/**
 * One account to store. An address that is not proven is a claim: whoever proves it first keeps neither the password nor the names
 * that come with it (A5).
 */
export type ImportedAccount = {
  type: AccountType
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
  businessIds: number[]
  passwordHash: PasswordHash | null
  isActive: boolean
}

/** Why an account was not stored. `no-address`: neither e-mail address nor phone. */
export type ImportProblem = 'email-taken' | 'phone-taken' | 'business-unknown' | 'no-address'

/** Which accounts an import stores. `none` reports what would be refused, as if the others were stored. */
export type ImportKeep = 'good' | 'all-or-none' | 'none'

/** `stored` counts accounts; `index` is the position in the input. */
export type ImportResult = { stored: number; problems: { index: number; problem: ImportProblem }[] }
