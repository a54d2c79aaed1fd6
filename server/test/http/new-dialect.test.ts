import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/composition/read-config.ts'
import { dialects } from '../../src/dialects/index.ts'
import { acme } from '../harness/acme/index.ts'
import type { TestRequestHeaders } from '../harness/ask.ts'
import { startTestApp, type TestApp, testSecret } from '../harness/start-test-app.ts'

/*
 * A new dialect needs only its folder (`harness/acme/`) and a line in the list of dialects, which is the one below.
 */
const manifests = [...dialects, acme]

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const basic = (user: string, password: string): TestRequestHeaders => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

let directory: string
let app: TestApp
let owner: TestRequestHeaders

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'watchword-acme-'))
  const file = join(directory, 'watchword.yaml')
  writeFileSync(file, 'mounts: [{dialect: service}, {dialect: acme, prefix: /eu}]')
  app = await startTestApp({ env: { WATCHWORD_CONFIG: file }, manifests })
  const { projectId } = acme.demo
  const admin = { authorization: `Bearer ${app.adminToken}` }
  const { status, body } = await app.post(`/admin/v1/projects/${projectId}/keys`, { name: 'acme' }, admin)
  expect(status).toBe(201)
  owner = basic(projectId, body.apiKey)
})
afterAll(async () => {
  await app?.stop()
  rmSync(directory, { recursive: true, force: true })
})

const send = (fields: string, headers: TestRequestHeaders = owner) =>
  app.post('/eu/v2/acme/verifications', fields, { ...form, ...headers })
const check = (body: unknown, headers: TestRequestHeaders = form) =>
  app.post('/eu/v2/acme/checks', body, { ...headers, ...owner })

describe('a dialect that is a folder and a line', () => {
  test('sends and checks codes of its own length, by forms and with Basic', async () => {
    const to = 'ada+acme@example.com'
    expect(await send(new URLSearchParams({ To: to }).toString())).toMatchObject({
      status: 201,
      body: { status: 'pending', tags: [] },
    })
    const code = await app.inbox.lastCode(to)
    expect(code).toMatch(/^\d{8}$/)
    const wrong = code.replace(/./, (digit) => String((Number(digit) + 1) % 10))
    const answer = async (Code: string) =>
      (await check(new URLSearchParams({ To: to, Code }).toString())).body
    expect([await answer(wrong), await answer(code), await answer(code)]).toEqual([
      { valid: false },
      { valid: true },
      { valid: false },
    ])
    const rows = await app.db.query<{ purpose: string; seconds: number }>(
      `select purpose, extract(epoch from expires_at - created_at)::integer as seconds from challenges where target = $1`,
      [to],
    )
    expect(rows).toEqual([{ purpose: 'acme-check', seconds: 120 }])
  })

  test('takes JSON beside the form on the route that says so, and on no other', async () => {
    const json = { 'content-type': 'application/json' }
    expect(await check({ To: 'eve@example.com', Code: '12345678' }, json)).toMatchObject({
      status: 200,
      body: { valid: false },
    })
    expect(
      await app.post('/eu/v2/acme/verifications', { To: 'eve@example.com' }, { ...json, ...owner }),
    ).toMatchObject({ status: 406, body: { code: 60202 } })
  })

  test('and the other dialects take no form', async () => {
    const answer = await app.post('/api/v1/otp/send', 'target=a', { ...form, ...app.serviceHeaders })
    expect(answer.status).toBe(415)
    expect(answer.body.statusCode).toBe(415)
  })

  test.each([
    ['no credentials', {}],
    ['a wrong key', basic(acme.demo.projectId, 'ww_wrong')],
    ['a key without its project', basic('', 'ww_wrong')],
    ['no Base64', { authorization: 'Basic ?' }],
    ['no colon', { authorization: `Basic ${Buffer.from('acme').toString('base64')}` }],
    ['a token', { authorization: 'Bearer ww_wrong' }],
  ])('%s is answered before the body is read', async (_, headers) => {
    const answer = await app.post('/eu/v2/acme/verifications', '%', { ...form, ...headers })
    expect(answer).toMatchObject({ status: 401, body: { code: 20003 } })
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="acme"')
  })

  test('a key opens the project of its owner only', async () => {
    const password = Buffer.from(String(owner.authorization).slice(6), 'base64').toString().split(':')[1]
    expect((await send('To=a', basic('PRJ_elsewhere', password ?? ''))).status).toBe(401)
    expect((await send('To=a', basic(acme.demo.projectId, password ?? ''))).status).toBe(400)
  })

  test.each([
    ['what is wrong', 'To=', 422, 60200],
    ['what is missing', 'Tag=a', 422, 60200],
    ['a name that comes twice where one is wanted', 'To=a%40example.com&To=b%40example.com', 422, 60200],
    ['NUL', 'To=a%00', 422, 60200],
    ['an escape that means nothing', 'To=%zz', 400, 60201],
    ['an escape that is no UTF-8', 'To=%ff', 400, 60201],
    ['too much', `To=${'a'.repeat(16 * 1024)}`, 413, 60203],
    ['an unknown charset', 'To=a', 406, 60202],
  ])('words %s with its own status', async (name, fields, status, code) => {
    const headers = name.includes('charset')
      ? { 'content-type': `${form['content-type']}; charset=latin1` }
      : form
    const answer = await app.post('/eu/v2/acme/verifications', fields, { ...headers, ...owner })
    expect(answer).toMatchObject({ status, body: { code, status: 0 } })
  })

  test('words unknown paths below its own', async () => {
    expect(await app.get('/eu/v2/acme/nothing')).toMatchObject({ status: 404, body: { code: 20404 } })
    expect(await app.get('/eu/v2/acme/checks')).toMatchObject({ status: 405, body: { code: 20004 } })
  })

  test('reads a repeated field as a list, and plus as a space', async () => {
    const { body } = await send('To=tags%40example.com&Tag=a+b&Tag=&Tag=c%2Bd&__proto__=x&&Unknown')
    expect(body).toEqual({ status: 'pending', tags: ['a b', '', 'c+d'] })
  })

  test('stands in /openapi.json with its formats, its way in and its statuses', async () => {
    const { body: document } = await app.get('/openapi.json')
    const operation = document.paths['/eu/v2/acme/verifications'].post
    expect(operation.tags).toEqual(['acme at /eu'])
    expect(operation.security).toEqual([{ basic: [] }])
    expect(document.components.securitySchemes.basic).toEqual({ type: 'http', scheme: 'basic' })
    expect(Object.keys(operation.requestBody.content)).toEqual(['application/x-www-form-urlencoded'])
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['201', '401', '406', '422']))
    expect(operation.responses['415']).toBeUndefined()
    const both = document.paths['/eu/v2/acme/checks'].post.requestBody.content
    expect(Object.keys(both)).toEqual(['application/x-www-form-urlencoded', 'application/json'])
  })

  test('has texts of its own purpose, metrics and events', async () => {
    const text = `/admin/v1/projects/${acme.demo.projectId}/texts/sms`
    const admin = { authorization: `Bearer ${app.adminToken}` }
    const preview = await app.post(`${text}/acme-check/en/preview`, {}, admin)
    expect(preview.body.text).toContain('12345678')
    expect(preview.body.text).toContain('2 minutes')
    expect((await app.post(`${text}/nothing/en/preview`, {}, admin)).body.message).toContain('acme-check')
    expect((await app.get('/metrics')).body).toContain('watchword_sends_total{purpose="acme-check"')
  })
})

describe('the configuration', () => {
  const read = (yaml: string) => {
    const file = join(directory, 'other.yaml')
    writeFileSync(file, yaml)
    const env = { WATCHWORD_CONFIG: file, WATCHWORD_SECRET: testSecret, WATCHWORD_DATA: directory }
    return () => readConfig({ env, mode: 'development', dialects: manifests })
  }

  test('knows the dialect by its name, and what its callers say themselves', () => {
    expect(read('mounts: [{dialect: acme}]')().mounts).toMatchObject([{ dialect: 'acme', project: null }])
    expect(read('mounts: [{dialect: acmee}]')).toThrow('Did you mean acme?')
    expect(read('mounts: [{dialect: acme, project: PRJ_a}]')).toThrow('the user name of Basic')
    expect(read('mounts: [{dialect: acme, codeInResponse: false}]')).toThrow('acme never answers codes')
  })

  test('knows its purpose in the settings of carriers', () => {
    const carrier = (purpose: string) =>
      read(`carriers:
  wa: {kind: meta-whatsapp, phoneNumberId: "106540352242922", accessToken: x, template: a, purposes: {${purpose}: {default: b}}}`)
    expect(carrier('acme-check')().carriers.wa?.kind).toBe('meta-whatsapp')
    expect(carrier('acme-chekc')).toThrow('acme-check')
  })
})
