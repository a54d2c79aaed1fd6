import { isNothing, type Layout, readFlag } from './layout.ts'

const marks = [
  'user_id',
  'custom_password_hash',
  'blocked',
  'app_metadata',
  'user_metadata',
  'given_name',
  'nickname',
]

const names = [
  'email',
  'email_verified',
  'phone_number',
  'phone_verified',
  'given_name',
  'family_name',
  'name',
  'blocked',
  'password_hash',
  'passwordHash',
  'custom_password_hash',
]

/** What Auth0 exports and imports in bulk, as JSON or JSON lines. An address is not proven unless it says so. */
export const auth0Layout: Layout = {
  name: 'Auth0',
  isOf: (found) => marks.some((name) => found.has(name)),
  reads: (name) => names.includes(name),
  judgeNames: () => null,
  read(values) {
    const isBlocked = isNothing(values.blocked) ? false : readFlag(values.blocked)
    return {
      email: values.email,
      emailVerified: isNothing(values.email_verified) ? false : readFlag(values.email_verified),
      phone: values.phone_number,
      phoneVerified: isNothing(values.phone_verified) ? false : readFlag(values.phone_verified),
      firstName: values.given_name,
      lastName: values.family_name,
      // Auth0 takes the address for the name of somebody who has given none.
      fullName: values.name === values.email ? null : values.name,
      passwordHash:
        values.password_hash ?? values.passwordHash ?? readCustomHash(values.custom_password_hash),
      isActive: typeof isBlocked === 'boolean' ? !isBlocked : isBlocked,
    }
  },
}

/** The hash of one of the algorithms that write all their parameters into it; else the algorithm, which is no hash. */
function readCustomHash(value: unknown): unknown {
  if (isNothing(value)) return null
  const { algorithm, hash } = Object(value) as { algorithm?: unknown; hash?: { value?: unknown } | null }
  return algorithm === 'bcrypt' || algorithm === 'argon2' ? (hash?.value ?? algorithm) : algorithm
}
