import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * Businesses and their members, as an operator lists and changes them.
 */

let app: TestApp
let projectId: string
beforeAll(async () => {
  app = await startTestApp()
  projectId = (await send('POST', '/admin/v1/projects', { name: 'Shops' })).body.projectId
})
afterAll(() => app?.stop())

const send = (method: string, path: string, body?: unknown) =>
  app.request(method, path, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })
const admin = (method: string, path: string, body?: unknown) =>
  send(method, `/admin/v1/projects/${projectId}${path}`, body)
const create = async (name: string): Promise<number> =>
  (await admin('POST', '/businesses', { name, type: 'retailer' })).body.businessId
const createUser = async (email: string): Promise<number> =>
  (await admin('POST', '/users', { email })).body.userId
const eventsOf = async (type: string) =>
  (await admin('GET', '/events?limit=1000')).body.events.filter(
    (event: { type: string }) => event.type === type,
  )

test('are listed by number, in pages, and found one by one', async () => {
  const ids = [await create('One'), await create('Two'), await create('Three')]
  const first = (await admin('GET', '/businesses?limit=2')).body
  expect(first).toMatchObject({ businesses: [{ businessId: ids[0] }, { businessId: ids[1] }], next: ids[1] })
  expect((await admin('GET', `/businesses?limit=2&after=${first.next}`)).body).toMatchObject({
    businesses: [{ businessId: ids[2], name: 'Three' }],
    next: null,
  })
  expect((await admin('GET', `/businesses/${ids[1]}`)).body).toEqual({
    businessId: ids[1],
    name: 'Two',
    type: 'retailer',
    isVerified: false,
  })
})

test('are changed field by field, and the audit says which', async () => {
  const id = await create('Old')
  expect((await admin('PATCH', `/businesses/${id}`, { name: ' New ', isVerified: true })).body).toEqual({
    businessId: id,
    name: 'New',
    type: 'retailer',
    isVerified: true,
  })
  await admin('PATCH', `/businesses/${id}`, { name: 'New' })
  expect(await eventsOf('business.changed')).toMatchObject([
    { details: { businessId: id, changed: ['name', 'isVerified'] } },
  ])
  for (const body of [{}, { name: '' }, { name: '\u0000' }, { type: ' ' }, { isVerified: 'yes' }, { id: 7 }])
    expect([body, (await admin('PATCH', `/businesses/${id}`, body)).status]).toEqual([body, 400])
})

test('have members who are listed, and leave', async () => {
  const id = await create('Club')
  const [ada, bob] = [await createUser('ada@example.com'), await createUser('bob@example.com')]
  for (const userId of [ada, bob]) await admin('POST', `/businesses/${id}/members`, { userId })
  const members = async (query = '') => (await admin('GET', `/businesses/${id}/members${query}`)).body
  expect(await members()).toMatchObject({
    members: [{ userId: ada, email: 'ada@example.com' }, { userId: bob }],
    next: null,
  })
  expect(await members('?limit=1')).toMatchObject({ members: [{ userId: ada }], next: ada })
  expect(await members(`?limit=1&after=${ada}`)).toMatchObject({ members: [{ userId: bob }] })
  expect((await admin('DELETE', `/businesses/${id}/members/${ada}`)).status).toBe(204)
  expect((await admin('DELETE', `/businesses/${id}/members/${ada}`)).status).toBe(404)
  expect(await members()).toMatchObject({ members: [{ userId: bob }] })
  expect(await eventsOf('business.left')).toMatchObject([{ accountId: ada, details: { businessId: id } }])
})

test('are removed with their memberships, and their members stay users', async () => {
  const id = await create('Gone')
  const userId = await createUser('cid@example.com')
  await admin('POST', `/businesses/${id}/members`, { userId })
  expect((await admin('DELETE', `/businesses/${id}`)).status).toBe(204)
  expect((await admin('DELETE', `/businesses/${id}`)).status).toBe(404)
  expect((await admin('GET', `/users/${userId}`)).status).toBe(200)
  expect(await eventsOf('business.deleted')).toMatchObject([{ details: { businessId: id, members: 1 } }])
  await admin('POST', '/businesses', { name: 'Again', type: 'bar', businessId: id })
  expect((await admin('GET', `/businesses/${id}/members`)).body.members).toEqual([])
})

test('K1: of another project are 404, as those that nobody has', async () => {
  const id = await create('Mine')
  const other = (await send('POST', '/admin/v1/projects', { name: 'Other' })).body.projectId
  for (const [method, path, body] of [
    ['GET', `/businesses/${id}`],
    ['PATCH', `/businesses/${id}`, { name: 'Yours' }],
    ['DELETE', `/businesses/${id}`],
    ['GET', `/businesses/${id}/members`],
    ['DELETE', `/businesses/${id}/members/1`],
    ['GET', '/businesses/none'],
    ['DELETE', '/businesses/none/members/none'],
  ] as const)
    expect([method, path, (await send(method, `/admin/v1/projects/${other}${path}`, body)).status]).toEqual([
      method,
      path,
      404,
    ])
  expect((await admin('GET', `/businesses/${id}`)).body.name).toBe('Mine')
  for (const query of ['?after=-1', '?after=x', '?limit=0', '?limit=201'])
    for (const path of ['/businesses', `/businesses/${id}/members`])
      expect([path, query, (await admin('GET', path + query)).status]).toEqual([path, query, 400])
  expect((await send('GET', '/admin/v1/projects/PRJ_none/businesses')).status).toBe(404)
})
