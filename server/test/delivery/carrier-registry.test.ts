import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/composition/read-config.ts'
import { ConfigurationError } from '../../src/config/configuration-error.ts'
import { createCarrierRoutes } from '../../src/delivery/registry/carrier-routes.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { ConfiguredCarrier, StoredCarrier } from '../../src/engine/ports/carriers.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { createTestRegistry, testSealer } from '../harness/carrier-registry.ts'
import { routeNamesOf } from '../harness/route-names.ts'
import { startWebhookPeer } from '../providers/webhook-peer.ts'

const directory = mkdtempSync(join(tmpdir(), 'watchword-registry-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const secret = 'q7Zk2mP9xV4tB8nL3wR6yH1cJ5sD0fGa'

function read(env: Record<string, string>, yaml = '', mode: 'development' | 'production' = 'production') {
  const path = join(directory, 'watchword.yaml')
  writeFileSync(path, yaml)
  return readConfig({ env: { WATCHWORD_SECRET: secret, WATCHWORD_CONFIG: path, ...env }, mode, directory })
}

function issuesOf(env: Record<string, string>, yaml = '') {
  try {
    read(env, yaml)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.issues
    throw error
  }
  throw new Error('The configuration was accepted.')
}

const mail = { SMTP_URL: 'smtps://user:pass$word@mail.example.test', MAIL_FROM: 'Shop <codes@example.test>' }
const gateways = {
  SMS_WEBHOOK_URL: 'https://gateway.example.test/sms',
  WHATSAPP_WEBHOOK_URL: 'https://gateway.example.test/whatsapp',
}

/** Settings with their secrets, for comparison. */
const plain = (value: unknown): unknown => {
  if (value instanceof Secret) return value.reveal()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

describe('the environment', () => {
  test.each([
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: references of the file, not of this language.
    [mail, 'smtp', '{kind: smtp-email, url: "${SMTP_URL}", from: "${MAIL_FROM}"}'],
    [
      { ...mail, SMTP_ALLOW_PLAINTEXT: 'true' },
      'smtp',
      '{kind: smtp-email, url: "${SMTP_URL}", from: "${MAIL_FROM}", allowPlainText: true}',
    ],
    [
      { ...mail, SMTP_CONNECTIONS: '50' },
      'smtp',
      '{kind: smtp-email, url: "${SMTP_URL}", from: "${MAIL_FROM}", connectionsMax: 50}',
    ],
    [
      gateways,
      'webhook',
      '{kind: webhook, url: {sms: "${SMS_WEBHOOK_URL}", whatsapp: "${WHATSAPP_WEBHOOK_URL}"}}',
    ],
    [
      { SMS_WEBHOOK_URL: gateways.SMS_WEBHOOK_URL },
      'webhook',
      '{kind: webhook, url: {sms: "${SMS_WEBHOOK_URL}"}}',
    ],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above.
  ])('%o sets up the carrier that an entry of the file sets up', (env, name, entry) => {
    const { source, ...ofEnvironment } = read(env).carriers[name] ?? ({} as ConfiguredCarrier)
    const { source: other, ...ofFile } =
      read(env, `carriers: {written: ${entry}}`).carriers.written ?? ({} as ConfiguredCarrier)
    expect([source, other]).toEqual(['environment', 'file'])
    expect(plain(ofEnvironment)).toEqual(plain(ofFile))
  })

  test('gives one name to the gateways of both channels, each with its own URL', async () => {
    const [sms, whatsapp] = [await startWebhookPeer(), await startWebhookPeer()]
    const { carriers } = read({ SMS_WEBHOOK_URL: sms.url, WHATSAPP_WEBHOOK_URL: whatsapp.url })
    const registry = createTestRegistry(carriers)
    for (const channel of ['sms', 'whatsapp'] as const)
      await registry
        .carrierNamed('webhook', channel)
        ?.deliver(sampleMessage(channel), new AbortController().signal)
    expect([sms, whatsapp].map(({ accepted }) => accepted.length)).toEqual([1, 1])
    expect(registry.channels()).toEqual({ webhook: ['sms', 'whatsapp'] })
    expect(registry.carrierNamed('webhook', 'voice')).toBeUndefined()
    await registry.stop()
    await Promise.all([sms.stop(), whatsapp.stop()])
  })

  test('comes after the file where nothing is routed, and the inbox only where there is nothing else', () => {
    const config = read(gateways, 'carriers: {own: {kind: webhook, url: "https://own.test"}}', 'development')
    expect(routeNamesOf(config)).toEqual({
      email: ['inbox'],
      sms: ['own', 'webhook'],
      whatsapp: ['own', 'webhook'],
      voice: ['own'],
    })
  })

  test('names its variables in what is wrong and what is unsafe', () => {
    expect(issuesOf({ ...mail, MAIL_FROM: 'ada@nowhere' })).toMatchObject([
      { where: expect.stringContaining('MAIL_FROM'), read: expect.stringContaining('one address') },
    ])
    expect(issuesOf({ SMS_WEBHOOK_URL: 'https://x.test/#a' })).toMatchObject([
      { where: 'SMS_WEBHOOK_URL', example: expect.stringContaining('SMS_WEBHOOK_URL=') },
    ])
    expect(issuesOf(gateways, 'routes: {voice: [webhook]}')).toMatchObject([{ where: 'routes.voice' }])
    const { warnings } = read({
      ...mail,
      SMTP_ALLOW_PLAINTEXT: 'true',
      SMS_WEBHOOK_URL: 'http://10.0.0.7',
    })
    expect(warnings.join('\n')).toMatch(/^SMS_WEBHOOK_URL is http/m)
    expect(warnings.join('\n')).toMatch(/^SMTP_ALLOW_PLAINTEXT: mail/m)
  })
})

describe('a gateway with a URL for each channel', () => {
  test('warns of the one that is open, and needs one at least', () => {
    const entry = (url: string) => `carriers: {own: {kind: webhook, url: ${url}}}`
    expect(read({}, entry('{sms: "http://10.0.0.7/a", voice: "https://b.test"}')).warnings.join()).toContain(
      'carriers.own.url.sms is http',
    )
    expect(issuesOf({}, entry('{}'))).toMatchObject([
      { where: 'carriers.own', read: expect.stringContaining('names no channel') },
    ])
    expect(issuesOf({}, entry('{fax: "https://b.test"}'))).toMatchObject([{ where: 'carriers.own.url.fax' }])
  })
})

describe('the registry', () => {
  const store = (...rows: { name: string; kind: string; settings: object; version?: number }[]) => {
    const listed = rows.map(
      ({ name, kind, settings, version = 1 }): StoredCarrier => ({
        name,
        kind,
        sealed: testSealer.seal(new Secret(JSON.stringify(settings)), `carrier/${name}/${kind}`),
        updatedAt: new Date(version),
      }),
    )
    return { list: async () => listed, reseal: async () => {} }
  }
  const gateway = (name: string, version?: number) => ({
    name,
    kind: 'webhook',
    settings: { url: 'https://stored.test' },
    ...(version === undefined ? {} : { version }),
  })

  test('is one map of file, environment and database, in which the configuration wins', async () => {
    const { carriers } = read(gateways, 'carriers: {own: {kind: webhook, url: "https://own.test"}}')
    const faults: object[] = []
    const log = { info: () => {}, error: (fields: object) => void faults.push(fields) }
    const registry = createTestRegistry(carriers, {
      store: store(gateway('own'), gateway('webhook'), gateway('late')),
      log,
    })
    await registry.refresh()
    await registry.refresh()
    const sourceOf = (name: string) => registry.find(name)?.source
    expect(['own', 'webhook', 'late', 'nobody'].map(sourceOf)).toEqual([
      'file',
      'environment',
      'stored',
      undefined,
    ])
    // Logged once, and not at every refresh.
    expect(faults).toMatchObject([{ carrier: 'own' }, { carrier: 'webhook' }])
    expect(registry.storedNames()).toEqual(['late'])
    await registry.stop()
  })

  test('takes over what changes, and lets what was replaced end what it has begun', async () => {
    let rows = store(gateway('late'))
    const registry = createTestRegistry(
      {},
      { store: { list: () => rows.list(), reseal: async () => {} }, drainMilliseconds: 1 },
    )
    await registry.refresh()
    const first = registry.carrierNamed('late', 'sms')
    await registry.refresh()
    expect(registry.carrierNamed('late', 'sms')).toBe(first)
    rows = store(gateway('late', 2))
    await registry.refresh()
    expect(registry.carrierNamed('late', 'sms')).not.toBe(first)
    rows = store()
    await registry.refresh()
    expect(registry.find('late')).toBeUndefined()
    await registry.stop()
  })

  test('keeps the others where one is broken, and a route that names it is not wrong', async () => {
    const registry = createTestRegistry(
      {},
      { store: store({ name: 'broken', kind: 'webhook', settings: { url: 7 } }, gateway('late')) },
    )
    await registry.refresh()
    expect(registry.carrierNamed('broken', 'sms')).toBeUndefined()
    expect(registry.channels().broken).toEqual(['sms', 'whatsapp', 'voice'])
    // Without a route in the configuration, all stored carriers serve.
    const routes = createCarrierRoutes(registry, { table: {} })
    const serving = routes.carriersFor({
      projectId: 'PRJ_a' as ProjectId,
      channel: 'sms',
      to: '+2250701020304',
    })
    expect(serving.map(({ name }) => name)).toEqual(['late'])
    await registry.stop()
  })

  test('makes only what is asked for, until it is started', async () => {
    const made: string[] = []
    const { carriers } = read(gateways, 'carriers: {own: {kind: webhook, url: "https://own.test"}}')
    const log = { error: () => {} }
    const registry = createTestRegistry(carriers, {
      partsOf(name) {
        made.push(name)
        return { name, log }
      },
    })
    registry.carrierNamed('own', 'sms')
    registry.carrierNamed('own', 'voice')
    expect(made).toEqual(['own'])
    registry.start()
    expect(made).toEqual(['own', 'webhook'])
    await registry.stop()
  })
})
