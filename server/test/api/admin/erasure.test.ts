import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * Erasing people through the admin API. What is erased of a person is tested where the command is: security/erasure.test.ts.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1/projects/${app.projects.account}${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })
const create = async (fields: object): Promise<number> => (await admin('POST', '/users', fields)).body.userId
const found = async (id: number) => (await admin('GET', `/users/${id}`)).status

test('a person is erased by an address in any spelling, once', async () => {
  const id = await create({ phone: '+255712345678', email: 'eve@example.com' })
  const erase = () => admin('POST', '/users/erase', { address: '+255 712 345 678' })
  expect(await erase()).toMatchObject({ status: 200, body: { erased: true, accounts: 1 } })
  expect(await found(id)).toBe(404)
  expect(await erase()).toMatchObject({
    status: 404,
    body: { message: 'The project knows nothing of this address' },
  })
})

test.each([
  ['proven addresses', { email: 'kim@example.com', phone: '+255712000001' }],
  [
    'a proven phone and an e-mail address that is only claimed',
    { email: 'kim@example.org', emailVerified: false, phone: '+255712000002' },
  ],
  ['only a claimed phone', { phone: '+255712000003', phoneVerified: false }],
  [
    'only claimed addresses',
    { email: 'kim@example.net', emailVerified: false, phone: '+255712000004', phoneVerified: false },
  ],
])('a user with %s is erased by its number, once', async (_, fields) => {
  const id = await create(fields)
  expect(await admin('DELETE', `/users/${id}`)).toMatchObject({
    status: 200,
    body: { erased: true, accounts: 1 },
  })
  expect(await found(id)).toBe(404)
  expect((await admin('DELETE', `/users/${id}`)).status).toBe(404)
  const { events } = (await admin('GET', '/events?limit=1000')).body
  expect(events.at(-1).type).toBe('person.erased')
})

test('nobody is erased by what is no address, without one, or in a project that is not there', async () => {
  for (const body of [{}, { address: 'nobody' }, { address: 7 }, { address: 'a@example.com', all: true }])
    expect([body, (await admin('POST', '/users/erase', body)).status]).toEqual([body, 400])
  for (const id of ['999', 'none', '0', '1e3'])
    expect([id, (await admin('DELETE', `/users/${id}`)).status]).toEqual([id, 404])
  const answer = await app.request('POST', '/admin/v1/projects/PRJ_none/users/erase', {
    headers: { authorization: `Bearer ${app.adminToken}` },
    body: { address: 'a@example.com' },
  })
  expect(answer.status).toBe(404)
})
