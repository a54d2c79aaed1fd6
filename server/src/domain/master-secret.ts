/** What is stored of the master secrets of a database: not they, but by what each is known again. */
export type SecretFingerprints = { current: string | null; previous: string | null }

/** The fingerprints of a node's own secrets. */
export type OwnFingerprints = { current: string; previous: string | null }

export type SecretJudgement =
  /** `next` is what is to be stored; null when nothing changes. */
  { isKnown: true; next: SecretFingerprints | null } | { isKnown: false }

/**
 * Judges whether a node may work on a database. Two secrets on one database are not noticed otherwise until right codes are
 * refused and addresses locked. A new secret is taken when the node knows the present one as its previous: that is a change
 * of secrets, and while it lasts nodes with the former one go on.
 */
export function judgeSecret(stored: SecretFingerprints, own: OwnFingerprints): SecretJudgement {
  if (stored.current === null) return { isKnown: true, next: { current: own.current, previous: null } }
  if (own.current === stored.current) {
    const isOver = own.previous === null && stored.previous !== null
    return { isKnown: true, next: isOver ? { current: own.current, previous: null } : null }
  }
  if (own.current === stored.previous) return { isKnown: true, next: null }
  if (own.previous === stored.current)
    return { isKnown: true, next: { current: own.current, previous: stored.current } }
  return { isKnown: false }
}
