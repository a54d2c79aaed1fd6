import type { Account, Business } from '../../domain/account.ts'

/** What both kinds of person show. The number is echoed as the caller wrote it. */
export const renderPerson = (account: Account, phoneNumber: string) => ({
  id: account.id,
  name: account.fullName ?? [account.firstName, account.lastName].filter((part) => part !== null).join(' '),
  phoneNumber,
  email: account.email,
})

export const renderBusiness = ({ id, name, type, isVerified }: Business) => ({
  id,
  name,
  type,
  is_verified: isVerified,
})
