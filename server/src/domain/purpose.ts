/**
 * What a code is for. A code issued for one purpose opens nothing of another, and every dialect has purposes of its
 * own, so that two dialects on one project cannot take each other's codes.
 */
export const purposes = {
  citizen: { digits: 5, lifeSeconds: 300, triesMax: 3 },
  'account-verification': { digits: 6, lifeSeconds: 600, triesMax: 5 },
  'account-login': { digits: 6, lifeSeconds: 600, triesMax: 5 },
  'account-password-reset': { digits: 6, lifeSeconds: 600, triesMax: 5 },
  service: { digits: 6, lifeSeconds: 300, triesMax: 5 },
  'kikapu-login': { digits: 5, lifeSeconds: 300, triesMax: 3 },
  'mobile-signup': { digits: 6, lifeSeconds: 600, triesMax: 5 },
  'mobile-login': { digits: 6, lifeSeconds: 600, triesMax: 5 },
  'mobile-verification': { digits: 6, lifeSeconds: 600, triesMax: 5 },
} as const satisfies Record<string, CodePolicy>

export type Purpose = keyof typeof purposes

/** `digits` long, alive for `lifeSeconds`, open to `triesMax` guesses (V3: five digits are guessed sooner). */
export type CodePolicy = { digits: 5 | 6; lifeSeconds: number; triesMax: number }

/** NIST SP 800-63B-4 section 3.1.3.2 allows ten minutes. No setting goes beyond it (C3). */
export const codeLifeSecondsMax = 600

/** The policy of a purpose; a project may shorten or lengthen the life of its codes, up to ten minutes. */
export function codePolicy(purpose: Purpose, codeSeconds: number | null): CodePolicy {
  const policy = purposes[purpose]
  return { ...policy, lifeSeconds: Math.min(codeSeconds ?? policy.lifeSeconds, codeLifeSecondsMax) }
}
