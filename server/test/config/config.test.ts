import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/composition/read-config.ts'
import { ConfigurationError } from '../../src/config/configuration-error.ts'
import { renderReference, renderSample } from '../../src/config/render-reference.ts'
import { settings } from '../../src/config/settings.ts'
import { parseSmtpUrl } from '../../src/delivery/protocols/smtp.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Secret } from '../../src/domain/secret.ts'
import { defaultSessionLife } from '../../src/domain/session-life.ts'
import { routeNamesOf } from '../harness/route-names.ts'

const home = mkdtempSync(join(tmpdir(), 'watchword-config-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(home, 'case-'))
})

type Env = Record<string, string | undefined>
const secret = 'q7Zk2mP9xV4tB8nL3wR6yH1cJ5sD0fGa'

/** The carrier that delivery creates from the mail server of the environment. */
function smtpOf({ carriers }: ReturnType<typeof readConfig>) {
  const { url, allowPlainText } = carriers.smtp?.settings ?? {}
  return parseSmtpUrl((url as Secret).reveal(), allowPlainText === true || undefined)
}

const develop = (env: Env = {}) => readConfig({ env, mode: 'development', directory })
const serve = (env: Env = {}) =>
  readConfig({ env: { WATCHWORD_SECRET: secret, ...env }, mode: 'production', directory })

function write(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

function issuesOf(load: () => unknown): ConfigurationError {
  try {
    load()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error('The configuration was accepted.')
}

const placesOf = (load: () => unknown) => issuesOf(load).issues.map(({ where }) => where)
const withFile = (yaml: string, env: Env = {}) => ({
  ...env,
  WATCHWORD_CONFIG: write('watchword.yaml', yaml),
})

describe('development', () => {
  test('needs nothing: loopback, its own database, every dialect, an inbox for every channel', () => {
    const config = develop()
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      databaseUrl: null,
      dataDirectory: join(directory, '.watchword'),
      trustedProxies: 0,
      tokenAlgorithm: 'EdDSA',
      warnings: [],
    })
    expect(routeNamesOf(config)).toEqual({
      email: ['inbox'],
      sms: ['inbox'],
      whatsapp: ['inbox'],
      voice: ['inbox'],
    })
    expect(config.mounts.map(({ dialect }) => dialect)).toEqual([
      'service',
      'account',
      'mobile',
      'kikapu',
      'citizen',
    ])
    expect(config.mounts[4]?.codesFor).toEqual({ who: 'anyone' })
    expect(
      Object.isFrozen(config) && Object.isFrozen(config.mounts[0]) && Object.isFrozen(config.routeTable.sms),
    ).toBe(true)
  })

  test('makes one secret, keeps it for itself and uses it again', () => {
    const first = develop().secret.reveal()
    const path = join(directory, '.watchword/secret')
    expect(Buffer.byteLength(first)).toBeGreaterThanOrEqual(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').trim()).toBe(first)
    expect(develop().secret.reveal()).toBe(first)
  })

  test('says so when the kept secret is broken or cannot be kept', () => {
    mkdirSync(join(directory, '.watchword'))
    write('.watchword/secret', 'short')
    expect(issuesOf(develop).message).toContain('5 bytes, not shown')
    write('file', '')
    expect(issuesOf(() => develop({ WATCHWORD_DATA: 'file' })).message).toContain('ENOTDIR')
  })

  test('a wrong setting leaves nothing behind', () => {
    issuesOf(() => develop({ PORT: 'x' }))
    expect(existsSync(join(directory, '.watchword'))).toBe(false)
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', 'example.com'])('refuses the public interface %s', (HOST) => {
    expect(placesOf(() => develop({ HOST }))).toEqual(['HOST'])
  })

  test.each(['localhost', '127.1.2.3', '::1'])('listens on %s', (HOST) => {
    expect(develop({ HOST }).host).toBe(HOST)
  })

  test('sends through a carrier where one is configured', () => {
    const config = develop({ SMTP_URL: 'smtp://127.0.0.1:2525', MAIL_FROM: 'codes@example.test' })
    expect(smtpOf(config).allowsPlainText).toBe(true)
    expect(routeNamesOf(config)).toEqual({
      email: ['smtp'],
      sms: ['inbox'],
      whatsapp: ['inbox'],
      voice: ['inbox'],
    })
  })
})

describe('production refuses to start with', () => {
  test('a missing, short or well-known secret', () => {
    expect(placesOf(() => serve({ WATCHWORD_SECRET: undefined }))).toEqual(['WATCHWORD_SECRET'])
    expect(placesOf(() => serve({ WATCHWORD_SECRET: 'x'.repeat(31) }))).toEqual(['WATCHWORD_SECRET'])
    const wellKnown = [
      'change-me-change-me-change-me-change-me',
      settings.WATCHWORD_SECRET.example.padEnd(40, '.'),
    ]
    for (const name of ['WATCHWORD_SECRET', 'WATCHWORD_SECRET_PREVIOUS', 'WATCHWORD_ADMIN_TOKEN'])
      for (const text of [...wellKnown, settings.WATCHWORD_SECRET_PREVIOUS.example])
        expect(placesOf(() => serve({ [name]: text }))).toEqual([name])
  })

  test('a secret that development made, for it is nobody’s choice', () => {
    develop()
    expect(placesOf(() => serve({ WATCHWORD_SECRET: undefined }))).toEqual(['WATCHWORD_SECRET'])
  })

  test('a PUBLIC_URL without TLS, and none on a public interface', () => {
    expect(placesOf(() => serve({ PUBLIC_URL: 'http://otp.example.test' }))).toEqual(['PUBLIC_URL'])
    expect(placesOf(() => serve({ HOST: '0.0.0.0' }))).toEqual(['PUBLIC_URL'])
    expect(serve({ HOST: '0.0.0.0', PUBLIC_URL: 'https://otp.example.test/' }).publicUrl).toBe(
      'https://otp.example.test',
    )
    expect(serve({ PUBLIC_URL: 'http://localhost:8080' }).publicUrl).toBe('http://localhost:8080')
  })

  test('citizen answering codes to anyone', () => {
    expect(placesOf(() => serve(withFile('mounts: [{dialect: citizen}]')))).toEqual(['mounts[0].codes'])
    expect(placesOf(() => serve(withFile('mounts: [{dialect: citizen, codeInResponse: true}]')))).toEqual([
      'mounts[0].codes',
    ])
    const codesTo = (networks: string) =>
      serve(withFile(`mounts: [{dialect: citizen, codes: {networks: [${networks}]}}]`))
    for (const wide of ['0.0.0.0/0', '10.0.0.0/8, 0.0.0.0/1', '"::/0"', '"2000::/3"'])
      expect([wide, placesOf(() => codesTo(wide))]).toEqual([wide, ['mounts[0].codes']])
    expect(codesTo('10.0.0.0/8, 192.0.2.1, "fc00::/7", "2001:db8::/48"').mounts).toHaveLength(1)
  })

  test('options of SMTP_URL that ask for plain text', () => {
    const mail = {
      SMTP_URL: 'smtp://user:hunter2@mail.example.test?ignoreTLS=true',
      MAIL_FROM: 'codes@example.test',
    }
    const error = issuesOf(() => serve(mail))
    expect(error.issues.map(({ where }) => where)).toEqual(['SMTP_URL'])
    expect(error.message).not.toContain('hunter2')
    const plain = { ...mail, SMTP_URL: 'smtp://mail.example.test', SMTP_ALLOW_PLAINTEXT: 'true' }
    expect(smtpOf(serve(plain)).allowsPlainText).toBe(true)
    expect(serve(plain).warnings.join()).toContain('SMTP_ALLOW_PLAINTEXT')
    expect(smtpOf(serve({ ...plain, SMTP_ALLOW_PLAINTEXT: undefined })).allowsPlainText).toBe(false)
  })

  test('the inbox', () => {
    expect(placesOf(() => serve(withFile('routes: {sms: [inbox]}')))).toEqual(['routes.sms'])
  })
})

describe('development', () => {
  test('says loudly through which carriers messages leave the machine, and nothing where none do', () => {
    const mail = { SMTP_URL: 'smtps://mail.example.com', MAIL_FROM: 'codes@example.com' }
    expect(develop(mail).warnings.join()).toMatch(/^Messages leave this machine through smtp:/)
    expect(develop(withFile('routes: {email: [inbox]}', mail)).warnings).toEqual([])
    expect(develop().warnings).toEqual([])
  })
})

describe('production', () => {
  test('mounts service and warns of its own database and of channels without carriers', () => {
    const config = serve()
    expect(config.mounts).toEqual([
      {
        dialect: 'service',
        project: null,
        prefix: '',
        origins: [],
        sessions: defaultSessionLife,
        codesFor: null,
      },
    ])
    expect(config.warnings.join('\n')).toMatch(/No DATABASE_URL[\s\S]*No carrier serves email/)
  })

  test('warns of missing carriers for those channels alone that its mounts send by', () => {
    const muteFor = (...mounts: string[]) =>
      serve(withFile(`mounts: [${mounts.join(', ')}]`))
        .warnings.flatMap((warning) => /^No carrier serves (\w+)/.exec(warning)?.[1] ?? [])
        .sort()
    expect(muteFor('{dialect: account}')).toEqual(['email'])
    expect(muteFor('{dialect: kikapu}', '{dialect: account, prefix: /shop}')).toEqual(['email', 'sms'])
    expect(muteFor('{dialect: service}')).toEqual(['email', 'whatsapp'])
  })

  test('refuses origins of plain http, except on this machine, and takes apps in a web view', () => {
    const serving = (...origins: string[]) => {
      const mount = `{dialect: account, origins: ${JSON.stringify(origins)}}`
      return () => serve(withFile(`mounts: [${mount}]`, { DATABASE_URL: 'postgres://u:p@db/watchword' }))
    }
    const taken = [
      'https://a.example',
      'https://b.example:8443',
      'http://localhost:5173',
      'capacitor://localhost',
    ]
    expect(serving(...taken)().mounts[0]?.origins).toEqual(taken)
    expect(placesOf(serving('https://a.example', 'http://a.example'))).toEqual(['mounts[0].origins[1]'])
    expect(
      develop(withFile('mounts: [{dialect: account, origins: ["http://a.example"]}]')).mounts[0]?.origins,
    ).toEqual(['http://a.example'])
  })

  test('takes the life of sessions; what it does not name lives no longer than the session', () => {
    const lifeOf = (sessions: string) =>
      develop(withFile(`mounts: [{dialect: mobile, sessions: ${sessions}}]`)).mounts[0]?.sessions
    expect(lifeOf('{}')).toEqual({ accessTokenSeconds: 600, idleSeconds: 1_209_600, lifeSeconds: 2_592_000 })
    expect(lifeOf('{lifeSeconds: 300}')).toEqual({
      accessTokenSeconds: 300,
      idleSeconds: 300,
      lifeSeconds: 300,
    })
    const year = { accessTokenSeconds: 60, idleSeconds: 31_536_000, lifeSeconds: 31_536_000 }
    expect(lifeOf(JSON.stringify(year))).toEqual(year)
  })

  test('reads a whole configuration', () => {
    const yaml = `
mounts:
  - {dialect: service}
  - {dialect: account, project: PRJ_abc123def456, prefix: /shop}
  - {dialect: citizen, project: PRJ_abc123def456, codes: {networks: [10.0.0.0/8, '2001:db8::/48', 192.0.2.7]}}
  - {dialect: citizen, prefix: /open, codes: {apiKey: true}}
  - {dialect: citizen, prefix: /shut, codeInResponse: false}
routes: {email: [smtp], sms: [webhook], whatsapp: []}
`
    const config = serve(
      withFile(yaml, {
        DATABASE_URL: 'postgres://u:p@db/watchword',
        SMTP_URL: 'smtps://u:p@mail.example.test',
        MAIL_FROM: 'Example <codes@example.test>',
        SMS_WEBHOOK_URL: 'https://gateway.example.test/sms?token=1',
        TRUST_PROXY: '2',
        LOG_LEVEL: 'WARN',
        TOKEN_ALGORITHM: 'hs256',
        OTEL_SERVICE_NAME: 'anything',
      }),
    )
    expect(config.mounts[1]).toEqual({
      dialect: 'account',
      project: 'PRJ_abc123def456',
      prefix: '/shop',
      origins: [],
      sessions: defaultSessionLife,
      codesFor: null,
    })
    expect(config.mounts.slice(2).map(({ codesFor }) => codesFor)).toEqual([
      { who: 'networks', networks: ['10.0.0.0/8', '2001:db8::/48', '192.0.2.7/32'] },
      { who: 'api-key' },
      { who: 'nobody' },
    ])
    expect(config).toMatchObject({ trustedProxies: 2, logLevel: 'warn', tokenAlgorithm: 'HS256' })
    expect(routeNamesOf(config)).toEqual({ email: ['smtp'], sms: ['webhook'], whatsapp: [], voice: [] })
    expect(JSON.stringify(config)).not.toMatch(/u:p@|token=1/)
  })
})

describe('mistakes', () => {
  test('all stand in one message, each with what was read, what is expected, an example and the remedy', () => {
    const { message } = issuesOf(() =>
      serve({
        WATCHWORD_SECRET: 'too short',
        PORT: '70000',
        LOG_LEVEL: 'loud',
        DATABASE_URL: 'mysql://u:hunter2@db',
      }),
    )
    expect(message).toContain('4 settings are wrong; nothing was started.')
    expect(message).toContain(`PORT
   read:     "70000"
   expected: a whole number from 0 to 65535
   example:  PORT=3000
   remedy:   Correct it, or remove it for the default 3000.`)
    expect(message).toContain('a value of 9 bytes, not shown')
    expect(message).not.toMatch(/hunter2|too short/)
  })

  test.each([
    ['PORT', '3000.5'],
    ['PORT', '-1'],
    ['PORT', '0x10'],
    ['HOST', 'a b'],
    ['PUBLIC_URL', 'otp.example.test'],
    ['PUBLIC_URL', 'ftp://otp.example.test'],
    ['PUBLIC_URL', 'https://otp.example.test/?a=1'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '11'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/8,1'],
    ['TRUST_PROXY', 'loopback'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.0/8,::/0'],
    ['SMTP_URL', 'mail.example.test'],
    ['SMTP_ALLOW_PLAINTEXT', 'yes'],
    ['SMTP_CA', 'x'],
    ['MAIL_FROM', 'a@x.test, b@x.test'],
    ['MAIL_FROM', 'Name\r\nBcc: b@x.test <a@x.test>'],
    ['SMS_WEBHOOK_URL', 'file:///etc/passwd'],
    ['WHATSAPP_WEBHOOK_URL', 'x'],
    ['TOKEN_ALGORITHM', 'none'],
    ['WATCHWORD_ADMIN_TOKEN', 'admin'],
    ['WATCHWORD_SECRET_PREVIOUS', 'x'],
  ])('%s=%j is one', (name, value) => {
    expect(placesOf(() => develop({ [name]: value }))).toEqual([name])
  })

  test('every example of the table is taken, and every default', () => {
    for (const [name, { example, default: usual, parse }] of Object.entries(settings)) {
      if (!/^\$|^\(/.test(example)) expect([name, parse(example)]).not.toEqual([name, undefined])
      if (usual !== null) expect([name, parse(usual)]).not.toEqual([name, undefined])
    }
  })

  test('TRUST_PROXY is a number of proxies, or their networks', () => {
    expect(develop({ TRUST_PROXY: '2' }).trustedProxies).toBe(2)
    expect(develop({ TRUST_PROXY: '10.0.0.0/8, fd00::/8,192.0.2.1' }).trustedProxies).toEqual([
      { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
      { address: 'fd00::', prefix: 8, family: 'ipv6' },
      { address: '192.0.2.1', prefix: 32, family: 'ipv4' },
    ])
  })

  test('an empty variable counts as not set', () => {
    expect(develop({ PORT: '', SMTP_URL: '' }).port).toBe(3000)
  })

  test('a name that Kubernetes sets for a Service called watchword is none, but a misspelt PORT is', () => {
    const ofKubernetes = {
      WATCHWORD_SERVICE_HOST: '10.0.0.1',
      WATCHWORD_SERVICE_PORT: '3000',
      WATCHWORD_SERVICE_PORT_HTTP: '3000',
      WATCHWORD_PORT: 'tcp://10.0.0.1:3000',
      WATCHWORD_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
      WATCHWORD_PORT_3000_TCP_PROTO: 'tcp',
      WATCHWORD_PORT_3000_TCP_PORT: '3000',
      WATCHWORD_PORT_3000_TCP_ADDR: '10.0.0.1',
      WATCHWORD_POSTGRES_RW_SERVICE_HOST: '10.0.0.2',
      WATCHWORD_POSTGRES_RW_PORT: 'tcp://10.0.0.2:5432',
    }
    expect(develop(ofKubernetes)).toMatchObject({ port: 3000, host: '127.0.0.1' })
    for (const [name, value] of [
      ['WATCHWORD_PORT', '3001'],
      ['WATCHWORD_SERVICE', '10.0.0.1'],
      ['WATCHWORD_PORTS_3000_TCP', 'x'],
    ] as const)
      expect(placesOf(() => develop({ ...ofKubernetes, [name]: value }))).toEqual([name])
  })

  test('an unknown WATCHWORD_ name is one, with the name that was meant', () => {
    const { message } = issuesOf(() => develop({ WATCHWORD_SECRETT: secret }))
    expect(message).toContain('Did you mean WATCHWORD_SECRET?')
  })

  test('a value may come from a file, but not from both, and the file must be there', () => {
    const path = write('port', '4000\n')
    expect(develop({ PORT_FILE: path }).port).toBe(4000)
    expect(placesOf(() => develop({ PORT_FILE: path, PORT: '4000' }))).toEqual(['PORT'])
    expect(issuesOf(() => develop({ PORT_FILE: join(directory, 'none') })).message).toContain('(ENOENT)')
    expect(
      placesOf(() => serve({ WATCHWORD_SECRET: undefined, WATCHWORD_SECRET_FILE: join(directory, 'none') })),
    ).toEqual(['WATCHWORD_SECRET_FILE'])
  })

  test.each([
    ['mounts: [{dialect: citzen}]', 'mounts[0].dialect', 'Did you mean citizen?'],
    ['mounts: [{dialect: service, prefx: /a}]', 'mounts[0].prefx', 'Did you mean prefix?'],
    ['mount: []', 'mount', 'Did you mean mounts?'],
    ['mounts: [{dialect: account, origins: https://a.example}]', 'mounts[0].origins', 'Write a list'],
    ['mounts: [{dialect: account, sessions: 600}]', 'mounts[0].sessions', 'Write its keys below each other.'],
    [
      'mounts: [{dialect: account, sessions: {idle: 60}}]',
      'mounts[0].sessions.idle',
      'there are accessTokenSeconds,',
    ],
    [
      'mounts: [{dialect: account, sessions: {accessTokenSeconds: 601}}]',
      'mounts[0].sessions.accessTokenSeconds',
      '60 to 600',
    ],
    [
      'mounts: [{dialect: account, sessions: {lifeSeconds: 31536001}}]',
      'mounts[0].sessions.lifeSeconds',
      '60 to 31536000',
    ],
    [
      'mounts: [{dialect: account, sessions: {idleSeconds: "600"}}]',
      'mounts[0].sessions.idleSeconds',
      'whole seconds',
    ],
    ['mounts: [{dialect: account, sessions: {idleSeconds: 2592001}}]', 'mounts[0].sessions', 'Order them'],
    [
      'mounts: [{dialect: account, sessions: {idleSeconds: 60, accessTokenSeconds: 61}}]',
      'mounts[0].sessions',
      'Order them',
    ],
    ['mounts: [{dialect: service, sessions: {}}]', 'mounts[0].sessions', 'service opens no sessions'],
    [
      'mounts: [{dialect: citizen, sessions: {lifeSeconds: 60}}]',
      'mounts[0].sessions',
      'citizen opens no sessions',
    ],
    ['mounts: [{dialect: account, origins: ["*"]}]', 'mounts[0].origins[0]', 'Name the origins.'],
    ['mounts: [{dialect: account, origins: [a.example]}]', 'mounts[0].origins[0]', 'scheme, colon'],
    ['mounts: [{dialect: account, origins: [3000]}]', 'mounts[0].origins[0]', 'scheme, colon'],
    ['mounts: [{dialect: account, origins: ["null"]}]', 'mounts[0].origins[0]', 'scheme, colon'],
    [
      'mounts: [{dialect: account, origins: ["https://*.a.example"]}]',
      'mounts[0].origins[0]',
      'Name each host.',
    ],
    [
      'mounts: [{dialect: account, origins: ["https://a.example/"]}]',
      'mounts[0].origins[0]',
      'Write https://a.example,',
    ],
    [
      'mounts: [{dialect: account, origins: ["https://A.example:443"]}]',
      'mounts[0].origins[0]',
      'Write https://a.example,',
    ],
    [
      'mounts: [{dialect: account, origins: ["wss://a.example"]}]',
      'mounts[0].origins[0]',
      'Pages have https',
    ],
    ['mounts: {dialect: service}', 'mounts', 'each mount begins with a dash'],
    ['mounts: [service]', 'mounts[0]', 'keys below each other'],
    ['mounts: [{dialect: service, project: PRJ_a}]', 'mounts[0].project', 'x-project-id'],
    ['mounts: [{dialect: account, project: 12}]', 'mounts[0].project', 'watchword projects list'],
    ['mounts: [{dialect: account, prefix: shop}]', 'mounts[0].prefix', 'Begin with a slash'],
    ['mounts: [{dialect: account, prefix: /shop/}]', 'mounts[0].prefix', 'end without one'],
    ['mounts: [{dialect: account, prefix: "/:id"}]', 'mounts[0].prefix', 'Begin with a slash'],
    ['mounts: [{dialect: account}, {dialect: account}]', 'mounts[1]', 'another prefix'],
    ['mounts: [{dialect: account, codes: {apiKey: true}}]', 'mounts[0]', 'never answers codes'],
    ['mounts: [{dialect: citizen, codes: {apiKey: false}}]', 'mounts[0].codes', 'apiKey: true'],
    ['mounts: [{dialect: citizen, codes: {networks: []}}]', 'mounts[0].codes', 'at least one'],
    ['mounts: [{dialect: citizen, codes: {networks: [10.0.0.0/33]}}]', 'mounts[0].codes.networks[0]', 'bits'],
    [
      'mounts: [{dialect: citizen, codes: {networks: ["2001:db8::/65"]}}]',
      'mounts[0].codes.networks[0]',
      '64 of IPv6',
    ],
    ['mounts: [{dialect: citizen, codeInResponse: "no"}]', 'mounts[0].codeInResponse', 'without quotes'],
    [
      'mounts: [{dialect: citizen, codes: {apiKey: true}, codeInResponse: false}]',
      'mounts[0]',
      'one of the two',
    ],
    ['routes: {fax: [smtp]}', 'routes.fax', 'Rename it'],
    ['routes: {email: smtp}', 'routes.email', 'each carrier once'],
    ['routes: {email: [pigeon]}', 'routes.email', 'pigeon is not under carriers'],
    ['routes: {email: [smtp]}', 'routes.email', 'Set SMTP_URL'],
    ['routes: {sms: [smtp]}', 'routes.sms', 'another carrier'],
    ['mounts: [', 'WATCHWORD_CONFIG', 'Correct that line'],
    ['routes: {}\nroutes: {}', 'WATCHWORD_CONFIG', 'Correct that line'],
    [
      `carriers:\n  a: {kind: webhook, url: \${URL}, b: c}\ncurrency: EUR`,
      'WATCHWORD_CONFIG',
      'stands in quotes',
    ],
    ['- a list', 'watchword.yaml', 'keys at the left'],
  ])('the file %j is one', (yaml, where, remedy) => {
    const { issues } = issuesOf(() => develop(withFile(yaml)))
    expect(issues).toHaveLength(1)
    expect(issues[0]?.where).toContain(where)
    expect(issues[0]?.remedy).toContain(remedy)
  })

  test('an empty file is none, a missing one is', () => {
    expect(develop(withFile('# nothing yet\n')).mounts).toHaveLength(5)
    expect(placesOf(() => develop({ WATCHWORD_CONFIG: 'nowhere.yaml' }))).toEqual(['WATCHWORD_CONFIG'])
  })
})

describe('the reference', () => {
  const committed = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')

  test('docs/configuration.md is what the tables render', () => {
    expect(committed('configuration.md')).toBe(renderReference(dialects))
  })

  test('docs/watchword.sample.yaml is what the tables render, and is taken', () => {
    expect(committed('watchword.sample.yaml')).toBe(renderSample(dialects))
    const carriers = {
      SMTP_URL: 'smtps://mail.example.test',
      MAIL_FROM: 'codes@example.test',
      SMS_WEBHOOK_URL: 'https://gateway.example.test',
      WHATSAPP_WEBHOOK_URL: 'https://gateway.example.test',
    }
    expect(serve(withFile(renderSample(dialects), carriers)).mounts).toHaveLength(3)
  })
})
