/**
 * A password as it is hashed and judged: NFC (RFC 8265 section 4.2), for whether a keyboard writes `é` as one sign or as two is
 * nothing that its owner sees. A lone surrogate stays, so that `judgePassword` finds it.
 */
export const canonicalPassword = (password: string): string => password.normalize('NFC')

/**
 * What a password may have been hashed as, in the order in which it is tried. Ours are in NFC; imported ones, and those stored
 * before, are as they were typed. How many there are depends on the text alone, so their time tells nothing of an account (A3).
 */
export const passwordSpellings = (password: string): readonly string[] => [
  ...new Set([canonicalPassword(password), password]),
]

/** How many characters (Unicode code points) a new password has (A2). */
export const passwordLengthMin = 8
export const passwordLengthMax = 256

/** What is wrong with a new password. `own-data`: it is the owner's name or e-mail address, perhaps with digits on. */
export type PasswordProblem = 'too-short' | 'too-long' | 'unreadable' | 'common' | 'own-data'

/** Whose password it is to be. */
export type PasswordOwner = {
  email: string | null
  firstName: string | null
  lastName: string | null
  fullName: string | null
}

/**
 * Judges a new password (A2): 8 to 256 characters of any kind, not among the commonest, not made of its owner's names.
 * `common` holds lower-case passwords. Null when there is nothing against it. No rule asks for digits or capitals: NIST
 * SP 800-63B-4 section 3.1.1.2 forbids such rules, for they make passwords worse.
 */
export function judgePassword(
  text: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
): PasswordProblem | null {
  const password = canonicalPassword(text)
  // A lone surrogate has no UTF-8 form, so that two such passwords would have the same hash.
  if (!password.isWellFormed()) return 'unreadable'
  const length = countCharacters(password)
  if (length < passwordLengthMin) return 'too-short'
  if (length > passwordLengthMax) return 'too-long'

  const lowered = password.toLowerCase()
  if (common.has(lowered)) return 'common'
  return ownWords(owner).has(bareWord(lowered)) || lowered === owner.email ? 'own-data' : null
}

/** Code points, for that is what a person would count. */
function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function ownWords({ email, firstName, lastName, fullName }: PasswordOwner): ReadonlySet<string> {
  const local = email?.slice(0, email.lastIndexOf('@'))
  // Joined, a name that is not there is nothing.
  const names = [firstName, lastName]
  const words = [email, local, ...names, names.join(''), names.toReversed().join(''), fullName]
  return new Set(words.map((word) => bareWord(word?.toLowerCase() ?? '')).filter((word) => word !== ''))
}

/** The letters alone: "John.Doe-1987!" is no better a password than "johndoe". */
const bareWord = (lowered: string): string => lowered.replace(/[^\p{L}]/gu, '')

/** Wrong passwords in a row that lock password login, and for how long (A3). */
const passwordFailuresMax = 10
const passwordLockMilliseconds = 15 * 60_000

/** What an account remembers of wrong passwords. */
export type PasswordLock = { failures: number; lockedUntil: Date | null }

/**
 * Judges whether a password may be looked at, before it is. The attempt is counted in `next` although nobody knows yet
 * whether it is right: parallel guesses must not share one attempt. A right password clears the count afterwards.
 */
export function judgePasswordAttempt(
  lock: PasswordLock,
  now: Date,
): { isAllowed: boolean; next: PasswordLock } {
  if (lock.lockedUntil !== null && now < lock.lockedUntil) return { isAllowed: false, next: lock }

  // After the quarter of an hour the account has ten guesses again.
  const failures = lock.lockedUntil === null ? lock.failures + 1 : 1
  const lockedUntil =
    failures < passwordFailuresMax ? null : new Date(now.getTime() + passwordLockMilliseconds)
  return { isAllowed: true, next: { failures, lockedUntil } }
}
