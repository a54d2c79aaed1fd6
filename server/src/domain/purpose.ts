/*
 * What a code is for. A code issued for one purpose opens nothing of another, and every dialect declares purposes of its
 * own in its manifest, so that two dialects on one project cannot take each other's codes.
 */

/** The name by which rows, settings, texts and events know a purpose. */
export type PurposeName = string

/** What a right code opens. `possession`: nothing; it proves who receives the messages to an address. */
export type PurposeUse = 'possession' | 'registration' | 'login' | 'sign-up' | 'password-reset'

/** Codes of `digits` digits live for `lifeSeconds` and take `attemptsMax` attempts. */
export type CodePolicy = { digits: number; lifeSeconds: number; attemptsMax: number }

/** The digits of a project's codes: of all, or of each purpose by its name; null where the API's own length holds. */
export type CodeLengths = number | Readonly<Record<PurposeName, number>> | null

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

/**
 * Ten wrong codes in a row lock an address (V4), and one chance in 10,000 is what they may have. Ten attempts on four digits
 * have one in 1,000.
 */
export const digitsMin = 5
/** More digits than people copy without a mistake, and than any API of ours documents. */
export const digitsMax = 10

/** The attempts on one code may have three chances in 100,000, and there are never more than five (V3). */
const attemptsFor = (digits: number): number => Math.min(5, Math.floor((3 * 10 ** digits) / 100_000))

/** Declares a purpose. Codes of five digits are guessed sooner, so they take fewer attempts (V3). */
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

/** Whether the codes are so short that wrong ones are counted over the whole project as well (V5). */
export const hasShortCodes = ({ digits }: Pick<CodePolicy, 'digits'>): boolean => digits < 6

/** The digits that the codes of a purpose have in a project. */
export const digitsOf = (
  { name, digits }: Pick<Purpose, 'name' | 'digits'>,
  { codeLength }: { codeLength: CodeLengths },
): number => (typeof codeLength === 'number' ? codeLength : (codeLength?.[name] ?? digits))

/** The policy of a purpose in a project, which may say how long its codes are and how long they live. */
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
