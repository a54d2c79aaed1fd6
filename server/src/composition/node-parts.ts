import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { createTextTools } from '../delivery/texts/text-tools.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Secret } from '../domain/secret.ts'
import { createCodeKeyring, revealCode } from '../engine/codes/code-keys.ts'
import { createSealer } from '../engine/operations/sealing.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { createMetrics } from '../http/metrics.ts'
import { loadCommonPasswords } from '../passwords/common-passwords.ts'
import { createPasswordHashing } from '../passwords/password-hashing.ts'
import { createAccessTokens } from '../tokens/access-tokens.ts'
import { kindSettingsWith } from './carrier-kinds.ts'
import { lifeByMount } from './life-by-mount.ts'
import { purposesOf } from './purposes.ts'
import { version } from './version.ts'

/** What the parts of one node share, made of its configuration alone. */
export type NodeParts = Awaited<ReturnType<typeof createNodeParts>>

export type NodeOptions = {
  log: Logger
  /** The dialects that the configuration was read for. */
  manifests: readonly DialectManifest[]
}

/** Makes what needs neither the database nor the network. */
export async function createNodeParts(config: Config, { log, manifests }: NodeOptions) {
  const secrets = { current: config.secret, previous: config.secretPrevious }
  const keyring = createCodeKeyring(secrets)
  let isEnding = false
  let publicUrl = config.publicUrl
  const readPublicUrl = (): string => publicUrl
  return {
    /** As the state of the server names this node. */
    node: { id: randomBytes(6).toString('hex'), host: hostname(), version },
    log,
    manifests,
    secrets,
    keyring,
    revealCode: (challenge: Challenge): Secret => revealCode(keyring, challenge),
    sealer: createSealer(secrets),
    kinds: kindSettingsWith(manifests),
    textTools: createTextTools(purposesOf(manifests)),
    metrics: createMetrics(),
    hashing: createPasswordHashing(),
    commonPasswords: await loadCommonPasswords(),
    lifeOf: lifeByMount(config),
    accessTokens: createAccessTokens({
      secrets,
      readIssuer: readPublicUrl,
      algorithm: config.tokenAlgorithm,
    }),
    /** Known in full once the server listens. */
    readPublicUrl,
    setPublicUrl: (url: string): void => {
      publicUrl = url
    },
    /** Whether the node was asked to end. */
    isEnding: (): boolean => isEnding,
    beginEnding: (): void => {
      isEnding = true
    },
    onFault: (fault: unknown): void =>
      log.error({ event: 'background-fault', error: fault }, 'background work failed'),
  }
}
