import { expect } from 'vitest'
import { runCommand } from './run-command.ts'
import { startTestApp, type TestApp } from './start-test-app.ts'

/*
 * An app whose events are read as an operator reads them: by `watchword audit export`.
 */

/** One line of the export. */
export type Line = {
  eventId: string
  type: string
  scope: string
  challengeId: string | null
  accountId: number | null
  address: string | null
  details: Record<string, unknown>
}

export const typesOf = (lines: Line[]): string[] => lines.map(({ type }) => type)

export const auditPassword = 'a quiet otter swims'

/** Makes the fixture of a file. Its app exists once it has started. */
export function createAuditWorld() {
  let app: TestApp

  const run = (...parameters: string[]) =>
    runCommand(parameters, { env: { DATABASE_URL: app.db.connectionString } })

  async function exportOf(projectId: string, ...more: string[]): Promise<Line[]> {
    const { stdout, stderr, code } = await run('audit', 'export', '--project', projectId, ...more)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
  }

  return {
    async start(): Promise<TestApp> {
      app = await startTestApp({ env: { TRUST_PROXY: '1' } })
      return app
    },

    /** Runs a command on the database of the app. */
    run,

    /** The lines that the command prints for a project, as objects. */
    exportOf,

    /** The same without the events about keys of its workspace. */
    ownOf: async (projectId: string): Promise<Line[]> =>
      (await exportOf(projectId)).filter(({ scope }) => scope === projectId),

    /** A `service` project of its own. */
    async createProject() {
      const authorization = { authorization: `Bearer ${app.adminToken}` }
      const { body } = await app.post('/admin/v1/projects', { name: 'Audited', tokens: 30 }, authorization)
      const headers = { 'x-api-key': body.apiKey, 'x-project-id': body.projectId }
      return {
        id: body.projectId as string,
        apiKey: body.apiKey as string,
        send: (target: string, more = {}) =>
          app.post('/api/v1/otp/send', { target, channel: 'email', ...more }, headers),
        verify: (target: string, code: string) => app.post('/api/v1/otp/verify', { target, code }, headers),
      }
    },

    /** Fails when the log names an address in full, or none at all. */
    expectMaskedLog(): void {
      const named = app.logLines.filter((line) => line.includes('@example.test'))
      expect(named.length).toBeGreaterThan(0)
      expect(named.filter((line) => /[\w.+-]@example\.test/.test(line))).toEqual([])
    },
  }
}
