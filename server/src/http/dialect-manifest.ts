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
 * What a dialect tells the server that mounts it. `dialects/index.ts` lists the manifests, and everything that depends on
 * the dialects is made from that list: nothing outside `dialects/` names one.
 */

export type DialectManifest = DialectFacts & (KeyedDialect | KeylessDialect)

/** What holds wherever the dialect is mounted. */
export type DialectFacts = Omit<Dialect, 'routes'> & {
  /** What it sends by. A project's own fallbacks may go further. */
  channels: readonly Channel[]
  /** What its codes are for. The names are stored, and belong to no other dialect. */
  purposes: readonly Purpose[]
  demo: DialectDemo
}

/** A dialect whose callers hold a key and name their project in each request: one mount serves every project. */
export type KeyedDialect = {
  /** Where they name it: `x-project-id`. */
  projectNamedIn: string
  createRoutes(parts: DialectParts): Route[]
}

/** A dialect without keys: the mount says for which project it answers. */
export type KeylessDialect = {
  projectNamedIn: null
  /** What else a mount may say, by the name under which `createRoutes` is given it. */
  mountOptions?: Readonly<Record<string, MountOption>>
  createRoutes(parts: DialectParts & { projectId: ProjectId; options: MountOptions }): Route[]
}

/** What a mount says, by name; null for what it does not say. */
export type MountOptions = Readonly<Record<string, unknown>>

/** What routes are made of: every use case, and the codes of challenges for answers that may show them. */
export type DialectParts = Engine & { revealCode: (challenge: Challenge) => Secret }

/** The project and people of the examples of its document, which development has. Settings that it does not name are the defaults. */
export type DialectDemo = {
  projectId: ProjectId
  name: string
  settings?: Partial<ProjectSettings>
  /** Left out for a project whose sends cost none. */
  tokensGranted?: number | null
  businesses?: readonly DemoBusiness[]
  people?: readonly DemoPerson[]
  /** A send and the check of its code for newcomers to try, as bodies of JSON. The check's code stands for theirs. */
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

/** Addresses are as `parseEmailAddress` and `parsePhoneNumber` read them; a number without a country is of the project's region. */
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

/** The dialect of one mount: its manifest, which says all of the wire, with the routes that were made for the mount. */
export const bindDialect = (manifest: DialectFacts, routes: Route[]): Dialect => ({ ...manifest, routes })
