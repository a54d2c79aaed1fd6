import { isNothing, type Layout, trimmed } from './layout.ts'

const names = [
  'email',
  'phone',
  'encrypted_password',
  'email_confirmed_at',
  'phone_confirmed_at',
  'banned_until',
  'deleted_at',
  'raw_user_meta_data',
]

/** The table `auth.users` of Supabase. */
export const supabaseLayout: Layout = {
  name: 'Supabase',
  isOf: (found) =>
    ['encrypted_password', 'email_confirmed_at', 'raw_user_meta_data'].some((name) => found.has(name)),
  reads: (name) => names.includes(name),
  judgeNames(found) {
    const missing = ['email', 'phone'].filter(
      (address) => found.includes(address) && !found.includes(`${address}_confirmed_at`),
    )
    const [address] = missing
    if (address !== undefined)
      return `there is no ${address}_confirmed_at, so nobody knows who has proven ${address === 'email' ? 'an e-mail address' : 'a phone'}: export it too`
    return found.includes('email') || found.includes('phone')
      ? null
      : 'there is neither email nor phone: export them too'
  },
  read(values) {
    if (!isNothing(values.deleted_at)) return 'was deleted in Supabase'
    const metadata = readMetadata(values.raw_user_meta_data)
    if (metadata === null) return 'raw_user_meta_data is not JSON'
    const isBanned = readBan(values.banned_until)
    if (isBanned === null) return 'banned_until is not a moment'
    return {
      email: unlessNothing(values.email),
      emailVerified: !isNothing(values.email_confirmed_at),
      phone: readPhone(values.phone),
      phoneVerified: !isNothing(values.phone_confirmed_at),
      firstName: metadata.first_name,
      lastName: metadata.last_name,
      fullName: metadata.full_name ?? metadata.name,
      passwordHash: unlessNothing(values.encrypted_password),
      isActive: !isBanned,
    }
  },
}

const unlessNothing = (value: unknown): unknown => (isNothing(value) ? null : trimmed(value))

/** Supabase stores numbers without their plus. */
function readPhone(value: unknown): unknown {
  const phone = unlessNothing(value)
  return typeof phone === 'string' && /^\d+$/.test(phone) ? `+${phone}` : phone
}

/** Null for a text that is no moment. The file was made just now, so the clock of this machine will do. */
function readBan(value: unknown): boolean | null {
  if (isNothing(value)) return false
  if (trimmed(value) === 'infinity') return true
  const until = new Date(String(value))
  return Number.isNaN(until.getTime()) ? null : until.getTime() > Date.now()
}

/** The texts among the metadata, which users may write themselves. */
function readMetadata(value: unknown): Record<string, string> | null {
  if (isNothing(value)) return {}
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value
    const texts = Object.entries(Object(parsed)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    )
    return Object.fromEntries(texts)
  } catch {
    return null
  }
}
