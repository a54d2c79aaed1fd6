import type { AccountType } from '../domain/account.ts'
import type { Channel } from '../domain/address.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { MountOption } from '../domain/mount-option.ts'
import type { ProjectId, ProjectSettings } from '../domain/project.ts'
import type { Purpose } from '../domain/purpose.ts'
import type { Secret } from '../domain/secret.ts'
import type { Engine } from '../engine/engine.ts'
import type { Dialect, Route } from './dialect.ts'

/*
 * What a dialect declares to the server that mounts it. `dialects/index.ts` lists the manifests, and everything that
 * depends on the dialects is made from that list: nothing outside `dialects/` names a dialect.
 */

export type DialectManifest = DialectFacts & (KeyedDialect | KeylessDialect)

/** What is the same for every mount of the dialect. */
export type DialectFacts = Omit<Dialect, 'routes'> & {
  /** The channels that it sends by. A project's own fallbacks may add others. */
  channels: readonly Channel[]
  /** What its codes are for. The names are stored; no other dialect may use them. */
  purposes: readonly Purpose[]
  demo: DialectDemo
}

/** A dialect whose callers hold a key and name their project in each request: one mount serves every project. */
export type KeyedDialect = {
  /** The header that names it: `x-project-id`. */
  projectNamedIn: string
  createRoutes(parts: DialectParts): Route[]
}

/** A dialect without keys: the mount names the project. */
export type KeylessDialect = {
  projectNamedIn: null
  /** The other options of a mount, by the name under which `createRoutes` gets them. */
  mountOptions?: Readonly<Record<string, MountOption>>
  createRoutes(parts: DialectParts & { projectId: ProjectId; options: MountOptions }): Route[]
}

/** The options of a mount by name; null for one that is not set. */
export type MountOptions = Readonly<Record<string, unknown>>

/** What routes are made with: every use case, and `revealCode` for answers that may show a code. */
export type DialectParts = Engine & { revealCode: (challenge: Challenge) => Secret }

/** The project and accounts that the document's examples use; development creates them. Other settings have their defaults. */
export type DialectDemo = {
  projectId: ProjectId
  name: string
  settings?: Partial<ProjectSettings>
  /** Left out for a project whose sends cost no tokens. */
  tokensGranted?: number | null
  businesses?: readonly DemoBusiness[]
  people?: readonly DemoPerson[]
  /** A send and a check as JSON bodies, for newcomers to try. They replace the code of the check with the one they get. */
  trial?: DemoTrial
}

export type DemoTrial = {
  to: string
  code: string
  headers: (access: { projectId: string; apiKey: string }) => Record<string, string>
  send: DemoRequest
  check: DemoRequest
}
type DemoRequest = { path: string; body: object }

export type DemoBusiness = { id: number; name: string; type: string; isVerified: boolean }

/** `parseEmailAddress` and `parsePhoneNumber` read the addresses; a national number belongs to the project's region. */
export type DemoPerson = {
  type: AccountType
  email?: string
  phone?: string
  fullName?: string
  agentCode?: string
  assignedArea?: string
  businessIds?: readonly number[]
  password?: string
}

/** The dialect of one mount: the facts of its manifest with the routes that were made for the mount. */
export const bindDialect = (manifest: DialectFacts, routes: Route[]): Dialect => ({ ...manifest, routes })
