import { expect } from 'vitest'
import {
  defaultProjectSettings,
  type ProjectSettings,
  type WorkspaceId,
} from '../../../src/domain/project.ts'
import { createApiKey } from '../../../src/engine/operations/api-keys.ts'
import type { ApiKeyScope } from '../../../src/engine/ports/api-keys.ts'
import { createApiKeyStore } from '../../../src/storage/stores/api-keys.ts'
import { createProjectStore } from '../../../src/storage/stores/projects.ts'
import type { TestAnswer, TestRequestHeaders } from '../../harness/ask.ts'
import type { TestApp } from '../../harness/start-test-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

/** A project in a workspace of its own, and a caller of the `service` dialect with a key to it. */
export type ServiceCaller = Awaited<ReturnType<typeof createServiceCaller>>

export type ServiceCallerOptions = {
  settings?: Partial<ProjectSettings>
  tokens?: number | null
  name?: string
  workspaceId?: WorkspaceId | null
}

export async function createServiceCaller(
  app: TestApp,
  { settings = {}, tokens = null, name = 'Test', workspaceId = null }: ServiceCallerOptions = {},
) {
  const project = await createProjectStore(app.db.database).create({
    id: null,
    workspaceId,
    name,
    settings: { ...defaultProjectSettings, ...settings },
    tokensGranted: tokens,
  })
  const { key, id } = await createKey(app, project.workspaceId)
  const headers = { 'x-api-key': key, 'x-project-id': project.id }
  const call =
    (path: string) =>
    (body: unknown, more: TestRequestHeaders = {}): Promise<TestAnswer> =>
      app.post(`/api/v1/otp/${path}`, body, { ...headers, ...more })

  return {
    app,
    project,
    key,
    keyId: id,
    headers,
    send: call('send'),
    verify: call('verify'),
    read: (path: string, more: TestRequestHeaders = {}) =>
      app.get(`/api/v1/otp/${path}`, { ...headers, ...more }),
    /** The project's challenges, the newest first. */
    challenges: (): Promise<{ tries: number; used_at: Date | null; target: string }[]> =>
      app.db.query('select tries, used_at, target from challenges where project_id = $1 order by id desc', [
        project.id,
      ]),
  }
}

let addresses = 0
/** An address that no other test of a file sends to. */
export const newEmail = (): string => {
  addresses += 1
  return `person${addresses}@example.com`
}

/** Sends a code and reads it from the inbox. */
export async function sendCode(caller: ServiceCaller, target = newEmail(), recordId?: string) {
  const named = recordId === undefined ? {} : { recordId }
  const { status, body } = await caller.send({ target, channel: 'email', ...named })
  expect(status).toBe(201)
  const code = await caller.app.inbox.lastCode(target)
  const verify = (guess: string) => caller.verify({ target, code: guess, ...named })
  return { target, id: body.recordId as string, code, wrong: wrongCode(code), verify }
}

/** Creates a key for a workspace. */
export async function createKey(
  app: TestApp,
  workspaceId: WorkspaceId,
  scopes: ApiKeyScope[] = ['otp'],
): Promise<{ key: string; id: string }> {
  const keys = createApiKeyStore(app.db.database)
  const { key, stored } = await createApiKey(keys, { workspaceId, name: 'test', scopes, expiresAt: null })
  return { key: key.reveal(), id: stored.id }
}

/** How often each status was answered. */
export const countStatuses = (answers: { status: number }[]): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Runs the same `count` times at once. */
export const atOnce = <Result>(count: number, run: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)))
