import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createAccountDialect } from '../src/dialects/account/index.ts'
import type { Project, ProjectSettings } from '../src/domain/project.ts'
import type { Purpose } from '../src/domain/purpose.ts'
import { createCodeKeyring, revealCode } from '../src/engine/code-keys.ts'
import type { Engine } from '../src/engine/engine.ts'
import { createApp } from '../src/http/app.ts'
import { createMetrics } from '../src/http/metrics.ts'
import { type AccountWorld, createAccountWorld, masterSecret } from './account-world.ts'

/** What a request was answered. */
export type Answered = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape.
  body: any
}

export type Caller = {
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answered>
  get: (path: string, headers?: Record<string, string>) => Promise<Answered>
}

/** The dialect `account` over HTTP, on a project of its own. */
export type AccountApp = Caller & {
  url: string
  project: Project
  /** Another node on the same database. */
  other: Caller
  lastCode: (address: string, purpose?: Purpose) => string
  /** What went to an address, the oldest first. */
  sentTo: (address: string) => string[]
}

type AppOptions = {
  settings?: Partial<ProjectSettings>
  exemptLoopback?: boolean
  trustedProxies?: number
  /** Use cases that are put in the place of the real ones. */
  instead?: Partial<Engine>
}

export type AccountHost = {
  world: AccountWorld
  startApp: (options?: AppOptions) => Promise<AccountApp>
  close: () => Promise<void>
}

/**
 * One database with two nodes, on which tests start as many apps as they like: a project for each, so that no cap or lock
 * of one test reaches into another. Messages are caught where they would be handed to a carrier, so that a test can read
 * the code as soon as it has the answer.
 */
export async function createAccountHost(): Promise<AccountHost> {
  const world = await createAccountWorld()
  const otherNode = await world.startNode()
  const keyring = createCodeKeyring({ current: masterSecret, previous: null })
  const closing: (() => Promise<void>)[] = []

  const listen = async (
    engine: Engine,
    project: Project,
    { exemptLoopback = true, trustedProxies = 0, instead }: AppOptions,
  ) => {
    const loadProject = async () => project
    const parts = { ...engine, ...instead, projectId: project.id, loadProject }
    const app = createApp({
      mounts: [{ dialect: createAccountDialect(parts), prefix: '' }],
      log: pino({ level: 'silent' }),
      metrics: createMetrics({ collectProcess: false }),
      exemptLoopback,
      trustedProxies,
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(() => app.close())
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  }

  return {
    world,
    async startApp(options = {}) {
      const project = await world.createProject({ locale: 'fr', ...options.settings })
      const url = await listen(world, project, options)
      const otherUrl = await listen(otherNode, project, options)
      return {
        ...createCaller(url),
        url,
        project,
        other: createCaller(otherUrl),
        lastCode(address, purpose) {
          const challenge = world.messages.findLast(
            (message) =>
              message.projectId === project.id &&
              message.address === address &&
              message.content === 'code' &&
              (purpose === undefined || message.purpose === purpose),
          )
          if (challenge === undefined) throw new Error(`no code was sent to ${address}`)
          return revealCode(keyring, challenge).reveal()
        },
        sentTo: (address) =>
          world.messages
            .filter((message) => message.projectId === project.id && message.address === address)
            .map(({ content }) => content),
      }
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
      await world.close()
    },
  }
}

const createCaller = (url: string): Caller => ({
  post: (path, body, headers = {}) =>
    ask(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  get: (path, headers = {}) => ask(url + path, { headers }),
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

export const password = 'a quiet otter swims'

/** Registers an address, and verifies it. */
export async function registerOverHttp(app: AccountApp, address: string, isVerified = true): Promise<void> {
  const person = { email: address, password, firstname: 'Ada', lastname: 'Byron' }
  const registered = await app.post('/auth/register', person)
  if (registered.status !== 201) throw new Error(`registering was answered ${registered.status}`)
  if (!isVerified) return
  const verified = await app.post('/auth/verify', { email: address, code: app.lastCode(address) })
  if (verified.status !== 200) throw new Error(`verifying was answered ${verified.status}`)
}

export type LoggedIn = { accessToken: string; refreshToken: string; bearer: { authorization: string } }

/** Logs in by password. */
export async function logInOverHttp(app: AccountApp, address: string): Promise<LoggedIn> {
  const { status, body } = await app.post('/auth/login', { email: address, password })
  if (status !== 200) throw new Error(`the login was answered ${status}`)
  const { accessToken, refreshToken } = body.data
  return { accessToken, refreshToken, bearer: { authorization: `Bearer ${accessToken}` } }
}

/** A code that is wrong for sure. */
export const wrongFor = (code: string): string =>
  [...code].map((digit) => String((Number(digit) + 1) % 10)).join('')
