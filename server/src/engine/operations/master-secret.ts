import { hkdfSync } from 'node:crypto'
import { judgeSecret, type OwnFingerprints } from '../../domain/master-secret.ts'
import type { Secret } from '../../domain/secret.ts'
import type { InstallationStore } from '../ports/installation.ts'

type MasterSecrets = { current: Secret; previous: Secret | null }

/** Whether a node with these secrets may work on this database. Stores nothing. */
export async function isKnownSecret(
  installation: Pick<InstallationStore, 'fingerprints'>,
  secrets: MasterSecrets,
): Promise<boolean> {
  return judgeSecret(await installation.fingerprints(), fingerprintsOf(secrets)).isKnown
}

/**
 * The same at the start of a node, which stores what follows: the first secret, or the next step of a change. `replaces`
 * takes an unknown secret as well, for a database that is nobody else's.
 */
export async function acceptSecret(
  installation: Pick<InstallationStore, 'decideSecret'>,
  secrets: MasterSecrets,
  { replaces }: { replaces: boolean },
): Promise<boolean> {
  const own = fingerprintsOf(secrets)
  let isKnown = false
  await installation.decideSecret((stored) => {
    const judgement = judgeSecret(stored, own)
    isKnown = judgement.isKnown || replaces
    if (judgement.isKnown) return { next: judgement.next }
    return { next: replaces ? { current: own.current, previous: null } : null }
  })
  return isKnown
}

const fingerprintsOf = ({ current, previous }: MasterSecrets): OwnFingerprints => ({
  current: fingerprintOf(current),
  previous: previous === null ? null : fingerprintOf(previous),
})

/** Enough to distinguish secrets, and useless for finding one: a secret has 32 random bytes. */
const fingerprintOf = (secret: Secret): string =>
  Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', 'watchword/secret-fingerprint/1', 8)).toString(
    'hex',
  )
