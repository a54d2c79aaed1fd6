import type { Account, Business } from '../../domain/account.ts'

/** The fields of users and agents alike. The number is shown as the caller wrote it. */
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
