import type { EmailAddress, PhoneNumber } from './address.ts'
import type { AccountId } from './challenge.ts'
import type { MessageLocale } from './locale.ts'
import type { ProjectId } from './project.ts'
import type { Secret } from './secret.ts'

/** The types of account that the documents name. */
export const accountTypes = ['CITIZEN', 'USER', 'BUSINESS', 'AGENT'] as const

export type AccountType = (typeof accountTypes)[number]

/** A person's account. An address is unique per project and type once it is proven. */
export type Account = {
  projectId: ProjectId
  id: AccountId
  type: AccountType
  email: EmailAddress | null
  emailVerifiedAt: Date | null
  phone: PhoneNumber | null
  phoneVerifiedAt: Date | null
  firstName: string | null
  lastName: string | null
  /** The full name, if it was given as one field. */
  fullName: string | null
  /** Agents only. */
  agentCode: string | null
  assignedArea: string | null
  /** The language that the owner chose. */
  locale: MessageLocale | null
  isActive: boolean
  createdAt: Date
}

/** A password hash in PHC format (argon2id) or modular crypt format (bcrypt, from imports). */
export type PasswordHash = Secret

export type Business = { projectId: ProjectId; id: number; name: string; type: string; isVerified: boolean }
