import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { carrierKindsWith, kindSettingsWith } from '../../src/composition/carrier-kinds.ts'
import { readConfig } from '../../src/composition/read-config.ts'
import { ConfigurationError } from '../../src/config/configuration-error.ts'
import { createCarrierRoutes } from '../../src/delivery/registry/carrier-routes.ts'
import { resolveNothing } from '../../src/delivery/registry/carrier-settings.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createTestRegistry } from '../harness/carrier-registry.ts'
import { routeNamesOf } from '../harness/route-names.ts'

const carrierKinds = carrierKindsWith()
const { readCarrier } = kindSettingsWith()

const directory = mkdtempSync(join(tmpdir(), 'watchword-carriers-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const secret = 'q7Zk2mP9xV4tB8nL3wR6yH1cJ5sD0fGa'
const token = 'twilio-token-that-nobody-sees'
const sid = `AC${'0'.repeat(32)}`

function read(
  yaml: string,
  env: Record<string, string> = {},
  mode: 'development' | 'production' = 'production',
) {
  const path = join(directory, 'watchword.yaml')
  writeFileSync(path, yaml)
  return readConfig({ env: { WATCHWORD_SECRET: secret, WATCHWORD_CONFIG: path, ...env }, mode, directory })
}

function issuesIn(yaml: string, env: Record<string, string> = {}): ConfigurationError {
  try {
    read(yaml, env)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error('The configuration was accepted.')
}

const twilio = (more = '') =>
  `{kind: twilio-sms, accountSid: ${sid}, authToken: ${token}, sender: Example${more}}`
const msg91 = (more: string) =>
  `{kind: msg91-sms, authKey: ${token}, template: 0123456789abcdef01234567${more}}`

describe('carriers of the file', () => {
  test('are read with defaults, and their secrets are shown nowhere', () => {
    const config = read(`carriers: {twilio: ${twilio()}}\nroutes: {sms: [twilio]}`)

    expect(routeNamesOf(config).sms).toEqual(['twilio'])
    const { kind, settings } = config.carriers.twilio ?? {}
    expect(kind).toBe('twilio-sms')
    expect(settings).toMatchObject({ accountSid: sid, sender: 'Example', baseUrl: 'https://api.twilio.com' })
    expect(settings?.authToken).toBeInstanceOf(Secret)
    expect(JSON.stringify(config)).not.toContain(token)
  })

  test('serve every channel that they can where there is no route, before those of the environment', () => {
    const gateway = { SMS_WEBHOOK_URL: 'https://gateway.example.test' }
    const config = read(
      `carriers: {twilio: ${twilio()}, own: {kind: webhook, url: 'https://own.test'}}`,
      gateway,
    )
    expect(routeNamesOf(config)).toEqual({
      email: [],
      sms: ['twilio', 'own', 'webhook'],
      whatsapp: ['own'],
      voice: ['own'],
    })
  })

  test('become carriers of their names, one for all of their channels', async () => {
    const config = read(
      `carriers: {twilio: ${twilio()}, own: {kind: webhook, url: 'https://own.test'}}\nroutes: {sms: [own, twilio]}`,
    )
    const routes = createCarrierRoutes(createTestRegistry(config.carriers), { table: config.routeTable })
    const carriersOf = (channel: 'sms' | 'whatsapp') =>
      routes.carriersFor({ projectId: 'PRJ_a' as ProjectId, channel, to: '+2250701020304' })

    expect(carriersOf('sms').map(({ name }) => name)).toEqual(['own', 'twilio'])
    expect(carriersOf('whatsapp')[0]).toBe(carriersOf('sms')[0])
    await routes.close()
  })

  test('take secrets from the environment, or from the file that it names', () => {
    writeFileSync(join(directory, 'token'), `${token}\n`)
    const yaml = (name: string) => `carriers:\n  twilio: ${twilio().replace(token, `"\${${name}}"`)}`
    const tokenOf = (env: Record<string, string>) =>
      read(yaml('TWILIO_TOKEN'), env).carriers.twilio?.settings.authToken as Secret

    expect(tokenOf({ TWILIO_TOKEN: token }).reveal()).toBe(token)
    expect(tokenOf({ TWILIO_TOKEN_FILE: join(directory, 'token') }).reveal()).toBe(token)

    const unset = issuesIn(yaml('TWILIO_TOKEN')).issues
    expect(unset).toMatchObject([
      { where: 'carriers.twilio.authToken', remedy: expect.stringContaining('Set TWILIO_TOKEN') },
    ])
    const missing = issuesIn(yaml('TWILIO_TOKEN'), { TWILIO_TOKEN_FILE: join(directory, 'none') })
    expect(missing.message).toContain('(ENOENT)')
    const both = { TWILIO_TOKEN: 'one', TWILIO_TOKEN_FILE: join(directory, 'token') }
    expect(issuesIn(yaml('TWILIO_TOKEN'), both).message).toContain('Keep one of')
    expect(issuesIn(`carriers: {own: {kind: webhook, url: "https://x.test/\${TOKEN}"}}`).message).toContain(
      'the whole value',
    )
  })

  test('may be the inbox in development only', () => {
    const yaml = 'carriers: {box: {kind: inbox}}\nroutes: {voice: [box]}'
    expect(routeNamesOf(read(yaml, {}, 'development')).voice).toEqual(['box'])
    expect(issuesIn(yaml).issues).toMatchObject([{ where: 'routes.voice' }])
  })

  test('warn where codes travel unencrypted', () => {
    const { warnings } = read('carriers: {own: {kind: webhook, url: "http://10.0.0.7/send"}}')
    expect(warnings.join()).toContain('carriers.own.url is http')
    const mail = '{kind: smtp-email, url: "smtp://m.test", from: a@x.test, allowPlainText: true}'
    expect(read(`carriers: {mail: ${mail}}`).warnings.join()).toContain('carriers.mail.allowPlainText')
    expect(issuesIn(`carriers: {twilio: ${twilio(', baseUrl: "http://10.0.0.7"')}}`).message).toContain(
      'baseUrl',
    )
  })
})

describe('a mistake in a carrier', () => {
  test.each([
    ['carriers: [twilio]', 'carriers', 'one key for each carrier'],
    ['carriers: {smtp: {kind: webhook, url: "https://x.test"}}', 'carriers.smtp', 'Choose another'],
    ['carriers: {"1st": {kind: webhook, url: "https://x.test"}}', 'carriers.1st', 'Begin with a letter'],
    ['carriers: {a: twilio-sms}', 'carriers.a', 'Name the kind'],
    ['carriers: {a: {}}', 'carriers.a.kind', 'Name the kind'],
    ['carriers: {a: {kind: twillio-sms}}', 'carriers.a.kind', 'Did you mean twilio-sms?'],
    [`carriers: {a: ${twilio(', form: x')}}`, 'carriers.a.form', 'Rename it'],
    [`carriers: {a: ${twilio().replace(', sender: Example', '')}}`, 'carriers.a.sender', 'Add it'],
    [
      `carriers: {a: ${twilio().replace('Example', '+14155550100')}}`,
      'carriers.a.sender',
      'Put it into quotes',
    ],
    [`carriers: {a: ${twilio().replace('Example', '"a\\r\\nb"')}}`, 'carriers.a.sender', 'Correct it'],
    [`carriers: {a: ${twilio().replace(token, '12')}}`, 'carriers.a.authToken', 'Put it into quotes'],
    [`carriers: {a: ${twilio()}}\nroutes: {email: [a]}`, 'routes.email', 'Name another carrier'],
    [
      `carriers: {abc: ${twilio()}}\nroutes: {sms: [abd]}`,
      'routes.sms',
      'abd is not under carriers. Did you mean abc?',
    ],
    ['routes: {sms: [twilio]}', 'routes.sms', 'twilio is not under carriers. Set it up there, or name'],
    [`carriers: {a: ${twilio()}}\nroutes: {sms: [a, a]}`, 'routes.sms', 'each carrier once'],
    [
      'carriers: {a: {kind: smtp-email, url: "smtp://m.test", from: a@x.test, dkim: {domain: x.test, selector: s}}}',
      'carriers.a.dkim.privateKey',
      'Add it',
    ],
    [
      'carriers: {a: {kind: mailgun-email, domain: m.test, apiKey: k, from: a@x.test, region: mars}}',
      'carriers.a.region',
      'Correct it',
    ],
    [
      `carriers: {a: ${msg91(', purposes: {account-lgoin: {default: 0123456789abcdef01234568}}')}}`,
      'carriers.a.purposes.account-lgoin',
      'Did you mean account-login?',
    ],
    [
      `carriers: {a: ${msg91(', purposes: {account-login: {fr: code_fr}}')}}`,
      'carriers.a.purposes.account-login.fr',
      'Correct it',
    ],
    [
      `carriers: {a: ${msg91(', purposes: {account-login: 0123456789abcdef01234568}')}}`,
      'carriers.a.purposes.account-login',
      'Correct it',
    ],
    [`carriers: {a: ${msg91(', templates: {pt-BR: code}')}}`, 'carriers.a.templates.pt-BR', 'Rename it'],
  ])('%j is told with its place and remedy', (yaml, where, remedy) => {
    const { issues } = issuesIn(yaml)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatchObject({ where, remedy: expect.stringContaining(remedy) })
    for (const field of ['expected', 'example'] as const) expect(issues[0]?.[field]).not.toBe('')
  })

  test('that only shows when all settings are seen together is one of the same message', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const env = { KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
    const mail = (from: string, dkim = '') => `{kind: smtp-email, url: "smtp://m.test", from: ${from}${dkim}}`
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference in the file, not a template literal.
    const key = ', dkim: {domain: shop.test, selector: s, privateKey: "${KEY}"}'
    const { issues, message } = issuesIn(
      `carriers: {a: ${mail('ada@nowhere')}, b: ${mail('ada@shop.test', key)}, c: {kind: webhook, url: 7}}`,
      env,
    )
    expect(issues.map(({ where }) => where)).toEqual(['carriers.a', 'carriers.b', 'carriers.c.url'])
    expect(issues[1]?.read).toContain('must be an RSA key')
    expect(message).not.toContain(env.KEY.split('\n')[1])
  })

  test('is told once, although a route names the carrier', () => {
    const { issues } = issuesIn(
      'carriers: {a: {kind: webhook}, b: {kind: webhook, url: 7}}\nroutes: {sms: [a, b]}',
    )
    expect(issues.map(({ where }) => where)).toEqual(['carriers.a.url', 'carriers.b.url'])
  })

  test('never repeats a secret', () => {
    const wrong = issuesIn(
      `carriers: {a: ${twilio(`, authTokn: ${token}`).replace(`authToken: ${token}`, 'authToken: "hunter 2"')}}`,
    )
    expect(wrong.issues).toHaveLength(2)
    expect(wrong.message).not.toMatch(/hunter|nobody-sees/)
  })
})

describe('every kind', () => {
  const notes = (kind: string, schema: object) => {
    const { description = '', expected = '', example = '' } = schema as Record<string, string>
    return { kind, description, expected, example }
  }

  test('has a name of its own, and says of every setting what it is, what is expected, and an example', () => {
    expect(new Set(carrierKinds.map(({ kind }) => kind)).size).toBe(carrierKinds.length)
    for (const { kind, settings } of carrierKinds)
      for (const schema of Object.values(settings.properties))
        expect(Object.values(notes(kind, schema))).not.toContain('')
  })

  test('takes no line break in any setting but a PEM, so that none can begin a header (S8)', () => {
    for (const { kind, settings } of carrierKinds) {
      const texts = Object.entries(settings.properties).filter(([, schema]) => {
        const { type, pattern } = schema as { type?: string; pattern?: string }
        return type === 'string' && pattern !== undefined && !pattern.includes('BEGIN')
      })
      for (const [key, schema] of texts) {
        const example = notes(kind, schema).example.replace(/^"|"$/g, '')
        const [, variable] = /^\$\{(\w+)\}$/.exec(example) ?? []
        const right = variable === undefined ? example : exampleOf(variable)
        for (const tail of ['\r\nX-Eve: 1', '\n']) {
          const places: string[] = []
          readCarrier(
            { kind, [key]: right + tail },
            { where: 'a', resolve: resolveNothing, report: ({ where }) => places.push(where) },
          )
          expect(places, `${kind} ${JSON.stringify(right + tail)}`).toContain(`a.${key}`)
        }
      }
    }
  })

  test('is taken with its examples', () => {
    for (const { kind, settings, isForDevelopment } of carrierKinds) {
      const lines = Object.entries(settings.properties).map(
        ([key, schema]) => `    ${key}: ${notes(kind, schema).example}`,
      )
      const yaml = `carriers:\n  a:\n    kind: ${kind}\n${lines.join('\n')}\n`
      const names = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name)
      const env = Object.fromEntries(names.map((name) => [name, exampleOf(name)]))
      const config = read(yaml, env, isForDevelopment ? 'development' : 'production')
      expect(Object.keys(config.carriers.a?.settings ?? {}).sort(), kind).toEqual(
        Object.keys(parse(yaml).carriers.a)
          .filter((key) => key !== 'kind')
          .sort(),
      )
    }
  })
})

/** What an operator might keep in the variable of an example. */
function exampleOf(variable: string): string {
  if (variable === 'GATEWAY_URL') return 'https://gateway.example.test'
  if (variable === 'MAIL_RELAY_URL') return 'smtps://user:password@mail.example.test'
  if (variable.endsWith('_CA')) return '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----'
  if (variable === 'DKIM_PRIVATE_KEY')
    return generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
  if (variable === 'SMPP_PASSWORD') return 'secret'
  if (variable === 'GATEWAY_SIGNING_SECRET') return `whsec_${'A'.repeat(43)}=`
  return 'secret-0123456789'
}
