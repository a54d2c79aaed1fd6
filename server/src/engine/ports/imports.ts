import type { AccountType, PasswordHash } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'

/** Imports accounts of another system. */
export type ImportStore = {
  /** Stores many at once. Addresses count as proven. */
  storeAll(
    projectId: ProjectId,
    accounts: ImportedAccount[],
    options: { keep: ImportKeep; onProgress: (done: number) => void },
  ): Promise<ImportResult>
}

/** One account to store. Its addresses count as proven. */
export type ImportedAccount = {
  type: AccountType
  email: EmailAddress | null
  phone: PhoneNumber | null
  firstName: string | null
  lastName: string | null
  fullName: string | null
  agentCode: string | null
  assignedArea: string | null
  locale: MessageLocale | null
  businessIds: number[]
  passwordHash: PasswordHash | null
}

/** Why an account was not stored. `no-address`: neither e-mail address nor phone. */
export type ImportProblem = 'email-taken' | 'phone-taken' | 'business-unknown' | 'no-address'

/** Which accounts an import stores. `none` reports what would be refused, as if the others were stored. */
export type ImportKeep = 'good' | 'all-or-none' | 'none'

/** `stored` counts accounts; `index` is the position in the input. */
export type ImportResult = { stored: number; problems: { index: number; problem: ImportProblem }[] }
