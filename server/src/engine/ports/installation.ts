import type { SecretFingerprints } from '../../domain/master-secret.ts'

/** What is known of the server as a whole. */
export type InstallationStore = {
  /** Decides under a lock, so that two nodes that start at once do not both set the first secret. */
  decideSecret(judge: (stored: SecretFingerprints) => { next: SecretFingerprints | null }): Promise<void>
  fingerprints(): Promise<SecretFingerprints>
  isDevelopment(): Promise<boolean>
  markDevelopment(): Promise<void>
}
