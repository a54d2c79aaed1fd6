import type { AddressInfo } from 'node:net'
import { createLog } from '../../src/composition/create-log.ts'
import { account } from '../../src/dialects/account/index.ts'
import { kikapu } from '../../src/dialects/kikapu/index.ts'
import { mobile } from '../../src/dialects/mobile/index.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import type { Project, ProjectId, ProjectSettings } from '../../src/domain/project.ts'
import type { PurposeName } from '../../src/domain/purpose.ts'
import { createCodeKeyring, revealCode } from '../../src/engine/codes/code-keys.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { ImportedAccount } from '../../src/engine/ports/imports.ts'
import { createApp } from '../../src/http/app.ts'
import { bindDialect, type DialectManifest, type KeylessDialect } from '../../src/http/dialect-manifest.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createImportStore } from '../../src/storage/stores/imports.ts'
import { watch } from '../security/canary/watch.ts'
import { createAccountWorld, importedAccount, masterSecret } from './account-world.ts'
import { createAsker } from './ask.ts'

/** The dialects of end users over HTTP, on projects of their own. */
export type DialectApp = Awaited<ReturnType<DialectHost['startApp']>>
export type DialectHost = Awaited<ReturnType<typeof createDialectHost>>

export type DialectAppOptions = {
  settings?: Partial<ProjectSettings>
  exemptLoopback?: boolean
  trustedProxies?: number
  /** Use cases that replace the real ones. */
  instead?: Partial<Engine>
}

/**
 * One database with two nodes, on which tests start any number of apps: `account`, `kikapu` and `mobile` on a project of
 * the app's own, so that no cap or lock of one test affects another, and on a second one below `/other`. Messages are
 * caught where a carrier would get them, so that a test can read the code as soon as it has the answer. A test that needs
 * the whole server, with carriers and configuration, uses `startTestApp`.
 */
export async function createDialectHost() {
  const world = await createAccountWorld()
  const otherNode = await world.startNode()
  watch.noteEnvironment({ WATCHWORD_SECRET: masterSecret.reveal() })
  const keyring = createCodeKeyring({ current: masterSecret, previous: null })
  const closing: (() => Promise<void>)[] = []

  const listen = async (
    engine: Engine,
    projects: Project[],
    { exemptLoopback = true, trustedProxies = 0, instead }: DialectAppOptions,
  ) => {
    const fault: { next: Error | null } = { next: null }
    const loadProject = async (id: ProjectId) => {
      const project = projects.find((candidate) => candidate.id === id)
      if (fault.next !== null || project === undefined) throw fault.next ?? new Error(`no project ${id}`)
      return project
    }
    const mounts = projects.flatMap(({ id }, index) => {
      const parts = {
        ...engine,
        ...instead,
        loadProject,
        projectId: id,
        options: {},
        revealCode: (challenge: Challenge) => revealCode(keyring, challenge),
      }
      const prefix = index === 0 ? '' : '/other'
      return [kikapu, mobile, account].map((manifest) => ({
        dialect: bindDialect(manifest, routesOf(manifest, parts)),
        prefix,
      }))
    })
    const app = createApp({
      mounts,
      log: createLog('trace', { write: (line) => watch.noteRecord('log', line) }),
      metrics: createMetrics({ collectProcess: false }),
      exemptLoopback,
      trustedProxies,
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(() => app.close())
    return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, fault }
  }

  return {
    world,
    async startApp(options: DialectAppOptions = {}) {
      const project = await world.createProject(options.settings)
      const otherProject = await world.createProject(options.settings)
      const projects = [project, otherProject]
      const { url, fault } = await listen(world, projects, options)
      const { url: otherUrl } = await listen(otherNode, projects, options)
      /** The messages to an address, the oldest first. */
      const messagesTo = (address: string) =>
        world.messages.filter(
          (message) => message.address === address && projects.some(({ id }) => id === message.projectId),
        )
      return {
        ...createAsker(url),
        url,
        project,
        otherProject,
        /** The error that the next requests fail with. */
        fault,
        /** Another node on the same database. */
        other: createAsker(otherUrl),
        /** The newest code that was sent to an address. */
        lastCode(address: string, purpose?: PurposeName): string {
          const challenge = messagesTo(address).findLast(
            (message) => message.content === 'code' && (purpose === undefined || message.purpose === purpose),
          )
          if (challenge === undefined) throw new Error(`no code was sent to ${address}`)
          return revealCode(keyring, challenge).reveal()
        },
        sentTo: (address: string) => messagesTo(address).map(({ content }) => content),
        async addPeople(people: Partial<ImportedAccount>[], { id }: Project = project): Promise<void> {
          const accounts = people.map((person) => importedAccount(person))
          const importOptions = { keep: 'all-or-none' as const, onProgress: () => {} }
          const { problems } = await createImportStore(world.database).storeAll(id, accounts, importOptions)
          if (problems.length > 0) throw new Error(`not imported: ${JSON.stringify(problems)}`)
        },
      }
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
      await world.close()
    },
  }
}

/** The routes of a keyless dialect. */
export function routesOf(manifest: DialectManifest, parts: Parameters<KeylessDialect['createRoutes']>[0]) {
  if (manifest.projectNamedIn !== null) throw new Error(`${manifest.name} asks for keys`)
  return manifest.createRoutes(parts)
}
