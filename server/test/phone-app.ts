import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createAccountDialect } from '../src/dialects/account/index.ts'
import { createKikapuDialect } from '../src/dialects/kikapu/index.ts'
import { createMobileDialect } from '../src/dialects/mobile/index.ts'
import type { Project, ProjectId, ProjectSettings } from '../src/domain/project.ts'
import type { Purpose } from '../src/domain/purpose.ts'
import type { ImportedAccount } from '../src/engine/account-ports.ts'
import type { Engine } from '../src/engine/engine.ts'
import { createApp } from '../src/http/app.ts'
import { createMetrics } from '../src/http/metrics.ts'
import { createAccountStore } from '../src/storage/accounts.ts'
import { type AccountWorld, createAccountWorld, importedAccount, phone } from './account-world.ts'

/** What a request was answered. */
export type Answered = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape.
  body: any
}

export type PhoneApp = Awaited<ReturnType<PhoneHost['startApp']>>
export type PhoneHost = Awaited<ReturnType<typeof createPhoneHost>>

export type PhoneAppOptions = {
  settings?: Partial<ProjectSettings>
  exemptLoopback?: boolean
  trustedProxies?: number
  /** Use cases that are put in the place of the real ones. */
  instead?: Partial<Engine>
}

/**
 * One database with two nodes, on which tests start apps: `kikapu`, `mobile` and `account` on one project, and the first
 * two on a second project below `/other`.
 */
export async function createPhoneHost() {
  const world = await createAccountWorld()
  const otherNode = await world.startNode()
  const closing: (() => Promise<void>)[] = []

  const listen = async (engine: Engine, projects: Project[], options: PhoneAppOptions) => {
    const fault: { next: Error | null } = { next: null }
    const loadProject = async (id: ProjectId) => {
      const project = projects.find((candidate) => candidate.id === id)
      if (fault.next !== null || project === undefined) throw fault.next ?? new Error(`no project ${id}`)
      return project
    }
    const mounts = projects.flatMap(({ id }, index) => {
      const parts = { ...engine, ...options.instead, projectId: id, loadProject }
      const prefix = index === 0 ? '' : '/other'
      return [createKikapuDialect(parts), createMobileDialect(parts), createAccountDialect(parts)].map(
        (dialect) => ({ dialect, prefix }),
      )
    })
    const app = createApp({
      mounts,
      log: pino({ level: 'silent' }),
      metrics: createMetrics({ collectProcess: false }),
      exemptLoopback: options.exemptLoopback ?? true,
      trustedProxies: options.trustedProxies ?? 0,
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(() => app.close())
    return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, fault }
  }

  return {
    world,
    async startApp(options: PhoneAppOptions = {}) {
      const project = await world.createProject(options.settings)
      const otherProject = await world.createProject(options.settings)
      const projects = [project, otherProject]
      const { url, fault } = await listen(world, projects, options)
      const { url: otherUrl } = await listen(otherNode, projects, options)
      return {
        url,
        project,
        otherProject,
        /** What the next requests break on. */
        fault,
        post: createPost(url),
        get: (path: string, headers = {}) => ask(url + path, { headers }),
        /** The same on another node. */
        postElsewhere: createPost(otherUrl),
        lastCode: (address: string, purpose?: Purpose) => world.lastCode(address as never, purpose).reveal(),
        wrongCode: (address: string) => wrongCode(world.lastCode(address as never).reveal()),
        /** What went to an address, the oldest first. */
        sentTo: (address: string) => world.contentsTo(address),
        addPeople: (people: Partial<ImportedAccount>[], to: Project = project) =>
          addPeople(world, to, people),
      }
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
      await world.close()
    },
  }
}

async function addPeople(world: AccountWorld, { id }: Project, people: Partial<ImportedAccount>[]) {
  const accounts = people.map((person) => importedAccount(person))
  const options = { isAllOrNothing: true, onProgress: () => {} }
  const { problems } = await createAccountStore(world.database).importAll(id, accounts, options)
  if (problems.length > 0) throw new Error(`not imported: ${JSON.stringify(problems)}`)
}

const createPost =
  (url: string) =>
  (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
    ask(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

async function ask(url: string, init: RequestInit): Promise<Answered> {
  const response = await fetch(url, init)
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  }
}

/** A code of the same length that is surely another one. */
export const wrongCode = (code: string): string => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`

/** Fresh numbers, so that tests on one database do not meet each other's cross-project counters. */
export function createNumbers(prefix: string) {
  let count = 0
  return () => {
    count += 1
    return phone(`${prefix}${String(count).padStart(4, '0')}`)
  }
}
