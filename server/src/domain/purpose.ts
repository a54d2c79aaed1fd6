/*
 * What a code is for. A code issued for one purpose opens nothing of another, and every dialect declares purposes of its
 * own in its manifest, so that two dialects on one project cannot take each other's codes.
 */

/** The name by which rows, settings, texts and events know a purpose. */
export type PurposeName = string

/** What a right code opens. `possession`: nothing; it proves who receives the messages to an address. */
export type PurposeUse = 'possession' | 'registration' | 'login' | 'sign-up' | 'password-reset'

/** `digits` long, alive for `lifeSeconds`, open to `attemptsMax` guesses. */
export type CodePolicy = { digits: number; lifeSeconds: number; attemptsMax: number }

/** Made by `definePurpose` only. A use case names the use that it serves, so no other code can get into it. */
export type Purpose<Use extends PurposeUse = PurposeUse> = Readonly<
  CodePolicy & {
    name: PurposeName
    use: Use
    /** How long a proof may wait for the request that acts on it; null where that is the request with the code. */
    proofSeconds: number | null
  }
>

/** NIST SP 800-63B-4 section 3.1.3.2 allows ten minutes. No setting goes beyond it (C3). */
export const codeLifeSecondsMax = 600

const digitsMin = 5
/** A code is read from words of 32 bits, which hold nine digits. */
const digitsMax = 9

/** Declares a purpose. Codes of five digits are guessed sooner, so they are open to fewer guesses (V3). */
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
  const attemptsMax = hasShortCodes({ digits }) ? 3 : 5
  return Object.freeze({ name, use, digits, lifeSeconds, attemptsMax, proofSeconds })
}

/** Whether the codes are so short that guesses are counted over the whole project as well (V5). */
export const hasShortCodes = ({ digits }: Pick<CodePolicy, 'digits'>): boolean => digits < 6

/** The policy of a purpose; a project may shorten or lengthen the life of its codes, up to ten minutes. */
export const codePolicy = (
  { digits, lifeSeconds, attemptsMax }: CodePolicy,
  codeSeconds: number | null,
): CodePolicy => ({
  digits,
  attemptsMax,
  lifeSeconds: Math.min(codeSeconds ?? lifeSeconds, codeLifeSecondsMax),
})

/** The purposes that a server knows, by the names under which they are stored. */
export type Purposes = {
  names: readonly PurposeName[]
  /** Null for a name that was stored by a server with other dialects. */
  find(name: PurposeName): Purpose | null
}

/** Makes the list of all purposes. No two may share a name: their codes would open each other's doors. */
export function createPurposes(list: readonly Purpose[]): Purposes {
  const byName = new Map(list.map((purpose) => [purpose.name, purpose]))
  const [twice] = list.filter((purpose) => byName.get(purpose.name) !== purpose)
  if (twice !== undefined) throw new Error(`the purpose ${twice.name} is declared twice`)
  return { names: [...byName.keys()], find: (name) => byName.get(name) ?? null }
}
