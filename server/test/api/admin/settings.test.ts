import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultProjectSettings } from '../../../src/domain/project.ts'
import { projectSettings } from '../../../src/domain/project-settings.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * Every setting of the table over HTTP. An answer leaves out what its schema does not declare, so a setting that is missing
 * in the schema would be stored but not shown.
 */

let app: TestApp
let headers: Record<string, string>
beforeAll(async () => {
  app = await startTestApp()
  headers = { authorization: `Bearer ${app.adminToken}` }
})
afterAll(() => app?.stop())

const entries = Object.entries(projectSettings)

describe('a setting of the table', () => {
  let path: string
  beforeAll(async () => {
    const { body } = await app.post('/admin/v1/projects', { name: 'Settings' }, headers)
    path = `/admin/v1/projects/${body.projectId}`
  })

  const shown = async () => (await app.get(path, headers)).body.settings
  const patch = async (settings: object) =>
    (await app.request('PATCH', path, { body: { settings }, headers })).body.settings

  test('is shown before anybody has said anything, in the order of the table', async () => {
    expect(await shown()).toEqual(defaultProjectSettings)
    expect(Object.keys(await shown())).toEqual(entries.map(([name]) => name))
  })

  test.each(entries)('is stored and shown: %s', async (name, { example, parse, ...entry }) => {
    const before = await shown()
    const value = parse(example)
    expect(value).toBeDefined()
    expect(value).not.toEqual(entry.default)

    const after = { ...before, [name]: value }
    expect(await patch({ [name]: example })).toEqual(after)
    expect(await shown()).toEqual(after)
    expect(await patch({ [name]: entry.default })).toEqual(before)
  })
})
