import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectSettings } from '../../../src/domain/project-settings.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * What forms are made of.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

test('the catalogue names every setting of a project with what it takes, and the settings of every kind of carrier', async () => {
  const { status, body } = await app.get('/admin/v1/catalogue', {
    authorization: `Bearer ${app.adminToken}`,
  })
  expect(status).toBe(200)
  expect(body.projectSettings.map(({ name }: { name: string }) => name)).toEqual(Object.keys(projectSettings))
  expect(body.projectSettings[0]).toMatchObject({ name: 'region', default: null, takes: expect.any(String) })
  const webhook = body.carrierKinds.find(({ kind }: { kind: string }) => kind === 'webhook')
  expect(webhook).toMatchObject({
    required: ['url'],
    settings: {
      signingSecret: { secret: true, description: expect.any(String), expected: expect.any(String) },
    },
  })
  expect(body.textPurposes).toContain('code')
  expect(body.webhookEventTypes).toContain('challenge.verified')
})

test('the catalogue is for operators', async () => {
  expect((await app.get('/admin/v1/catalogue')).status).toBe(401)
})
