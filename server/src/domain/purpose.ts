/*
 * What a code is for. A code issued for one purpose is invalid for any other. Every dialect declares its own purposes in
 * its manifest, so two dialects on one project cannot take each other's codes.
 */

/** The name of a purpose in rows, settings, texts and events. */
export type PurposeName = string

/** What a right code allows. `possession`: nothing; it only proves that somebody receives messages at an address. */
export type PurposeUse = 'possession' | 'registration' | 'login' | 'sign-up' | 'password-reset'

/** A code has `digits` digits, lives for `lifeSeconds` and allows `attemptsMax` attempts. */
export type CodePolicy = { digits: number; lifeSeconds: number; attemptsMax: number }

/** The digits of a project's codes: for all, or by the name of the purpose; null for the API's own length. */
export type CodeLengths = number | Readonly<Record<PurposeName, number>> | null

/** Only `definePurpose` makes one. A use case names the use that it serves, so it accepts no other code. */
export type Purpose<Use extends PurposeUse = PurposeUse> = Readonly<
  CodePolicy & {
    name: PurposeName
    use: Use
    /** How long a proof may wait for the request that acts on it; null if the request with the code acts on it itself. */
    proofSeconds: number | null
  }
>

/** NIST SP 800-63B-4 section 3.1.3.2 allows ten minutes. No setting goes beyond it (C3). */
export const codeLifeSecondsMax = 600

/**
 * Ten wrong codes in a row lock an address (V4), and together they may have one chance in 10,000. With four digits they would
 * have one in 1,000.
 */
export const digitsMin = 5
/** Longer codes are hard to copy without a mistake, and none of our APIs documents them. */
export const digitsMax = 10

/** All attempts on one code may have three chances in 100,000 together, and there are at most five (V3). */
const attemptsFor = (digits: number): number => Math.min(5, Math.floor((3 * 10 ** digits) / 100_000))

/** Declares a purpose. Codes of five digits are easier to guess, so they allow fewer attempts (V3). */
export function definePurpose<const Use extends PurposeUse>({
  name,
  use,
  digits,
  lifeSeconds,
  proofSeconds = null,
}: Pick<Purpose<Use>, 'name' | 'use' | 'digits' | 'lifeSeconds'> &
  Partial<Pick<Purpose, 'proofSeconds'>>): Purpose<Use> {
  if (!Number.isInteger(digits) || digits < digitsMin || digits > digitsMax)
    throw new RangeError(`${name}: a code has ${digitsMin} to ${digitsMax} digits`)
  if (!(lifeSeconds > 0 && lifeSeconds <= codeLifeSecondsMax))
    throw new RangeError(`${name}: a code lives ${codeLifeSecondsMax} seconds at most`)
  return Object.freeze({
    name,
    use,
    digits,
    lifeSeconds,
    attemptsMax: attemptsFor(digits),
    proofSeconds,
  })
}

/** Whether the codes are so short that wrong ones are also counted over the whole project (V5). */
export const hasShortCodes = ({ digits }: Pick<CodePolicy, 'digits'>): boolean => digits < 6

/** The digits of a purpose's codes in a project. */
export const digitsOf = (
  { name, digits }: Pick<Purpose, 'name' | 'digits'>,
  { codeLength }: { codeLength: CodeLengths },
): number => (typeof codeLength === 'number' ? codeLength : (codeLength?.[name] ?? digits))

/** The policy of a purpose in a project. The project may change the length and the life of its codes. */
export function codePolicy(
  purpose: Pick<Purpose, 'name' | 'digits' | 'lifeSeconds'>,
  settings: { codeLength: CodeLengths; codeSeconds: number | null },
): CodePolicy {
  const digits = digitsOf(purpose, settings)
  return {
    digits,
    attemptsMax: attemptsFor(digits),
    lifeSeconds: Math.min(settings.codeSeconds ?? purpose.lifeSeconds, codeLifeSecondsMax),
  }
}

/** The purposes that a server knows, by the names under which they are stored. */
export type Purposes = {
  names: readonly PurposeName[]
  /** Null for a name that a server with other dialects stored. */
  find(name: PurposeName): Purpose | null
}

/** Makes the list of all purposes. No two may share a name: each would accept the other's codes. */
export function createPurposes(list: readonly Purpose[]): Purposes {
  const byName = new Map(list.map((purpose) => [purpose.name, purpose]))
  const [twice] = list.filter((purpose) => byName.get(purpose.name) !== purpose)
  if (twice !== undefined) throw new Error(`the purpose ${twice.name} is declared twice`)
  return { names: [...byName.keys()], find: (name) => byName.get(name) ?? null }
}
