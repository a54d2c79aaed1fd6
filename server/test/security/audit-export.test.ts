import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuditWorld, type Line } from '../harness/audit-world.ts'
import type { TestApp } from '../harness/start-test-app.ts'

let app: TestApp
const { start, run, exportOf, createProject } = createAuditWorld()
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.stop())

describe('the export', () => {
  test('shows addresses only with a reason, and that is an event (L1)', async () => {
    const project = await createProject()
    await project.send('olga@example.test')
    const without = await run('audit', 'export', '--project', project.id, '--reveal')
    expect(without.code).not.toBe(0)
    expect(without.stdout).toBe('')

    const reason = 'ticket 4711, asked for by the owner'
    const lines = await exportOf(project.id, '--reveal', '--reason', reason)
    expect(lines.find(({ type }) => type === 'challenge.created')?.address).toBe('olga@example.test')
    const exported = (await exportOf(project.id)).filter(({ type }) => type === 'audit.exported')
    expect(exported.map(({ details }) => details.reason)).toEqual([reason])
  })

  test('is bounded by time, and the same page by page through the admin API', async () => {
    const project = await createProject()
    for (const name of ['a', 'b', 'c']) await project.send(`${name}@example.test`)
    expect(await exportOf(project.id, '--from', '2090-01-01')).toEqual([])
    const lines = (await exportOf(project.id, '--to', '2090-01-01')).filter(
      ({ scope }) => scope === project.id,
    )

    const paged: Line[] = []
    for (let after = ''; ; ) {
      const { status, body } = await app.get(`/admin/v1/projects/${project.id}/events?limit=2${after}`, {
        authorization: `Bearer ${app.adminToken}`,
      })
      expect(status).toBe(200)
      paged.push(...body.events)
      if (body.next === null) break
      after = `&after=${body.next}`
    }
    expect(paged).toEqual(lines)
  })
})
