/**
 * A password as it is hashed and judged: NFC (RFC 8265 section 4.2), because people cannot see whether their keyboard writes
 * `é` as one code point or as two. A lone surrogate stays, so that `judgePassword` finds it.
 */
export const canonicalPassword = (password: string): string => password.normalize('NFC')

/**
 * The forms in which a password may have been hashed, in the order in which they are compared. We hash NFC; imported and older
 * hashes are of the password as typed. The number of forms depends only on the text, so the time reveals nothing about an
 * account (A3).
 */
export const passwordSpellings = (password: string): readonly string[] => [
  ...new Set([canonicalPassword(password), password]),
]

/** The bounds of a new password in characters (Unicode code points) (A2). */
export const passwordLengthMin = 8
export const passwordLengthMax = 256

/** What is wrong with a new password. `own-data`: it is the owner's name or e-mail address, perhaps with digits added. */
export type PasswordProblem = 'too-short' | 'too-long' | 'unreadable' | 'common' | 'own-data'

/** The owner of a new password. */
export type PasswordOwner = {
  email: string | null
  firstName: string | null
  lastName: string | null
  fullName: string | null
}

/**
 * Judges a new password (A2): 8 to 256 characters of any kind, not a common password, not made of its owner's names.
 * `common` holds lower-case passwords. Null for an acceptable password. No rule asks for digits or capitals: NIST
 * SP 800-63B-4 section 3.1.1.2 forbids such rules, because they make passwords worse.
 */
export function judgePassword(
  text: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
): PasswordProblem | null {
  const password = canonicalPassword(text)
  // A lone surrogate has no UTF-8 form, so two such passwords would have the same hash.
  if (!password.isWellFormed()) return 'unreadable'
  const length = countCharacters(password)
  if (length < passwordLengthMin) return 'too-short'
  if (length > passwordLengthMax) return 'too-long'

  const lowered = password.toLowerCase()
  if (common.has(lowered)) return 'common'
  return ownWords(owner).has(bareWord(lowered)) || lowered === owner.email ? 'own-data' : null
}

/** Counts code points, which are closest to what a person counts. */
function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function ownWords({ email, firstName, lastName, fullName }: PasswordOwner): ReadonlySet<string> {
  const local = email?.slice(0, email.lastIndexOf('@'))
  // `join` treats a missing name as an empty one.
  const names = [firstName, lastName]
  const words = [email, local, ...names, names.join(''), names.toReversed().join(''), fullName]
  return new Set(words.map((word) => bareWord(word?.toLowerCase() ?? '')).filter((word) => word !== ''))
}

/** The letters alone: "John.Doe-1987!" is no better than "johndoe". */
const bareWord = (lowered: string): string => lowered.replace(/[^\p{L}]/gu, '')

/** How many wrong passwords in a row lock password login, and for how long (A3). */
const passwordFailuresMax = 10
const passwordLockMilliseconds = 15 * 60_000

/** What is stored about the wrong passwords of an account. */
export type PasswordLock = { failures: number; lockedUntil: Date | null }

/**
 * Judges whether a password may be compared. `next` counts the attempt before it is known whether the password is right,
 * so that parallel requests cannot share one attempt. A right password clears the count afterwards.
 */
export function judgePasswordAttempt(
  lock: PasswordLock,
  now: Date,
): { isAllowed: boolean; next: PasswordLock } {
  if (lock.lockedUntil !== null && now < lock.lockedUntil) return { isAllowed: false, next: lock }

  // After the lock the account has ten attempts again.
  const failures = lock.lockedUntil === null ? lock.failures + 1 : 1
  const lockedUntil =
    failures < passwordFailuresMax ? null : new Date(now.getTime() + passwordLockMilliseconds)
  return { isAllowed: true, next: { failures, lockedUntil } }
}
