import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { readConfig } from '../../src/composition/read-config.ts'
import { settings } from '../../src/config/settings.ts'
import { parseSmtpUrl } from '../../src/delivery/protocols/smtp.ts'
import type { Secret } from '../../src/domain/secret.ts'
import { defaultSessionLife } from '../../src/domain/session-life.ts'
import { routeNamesOf } from '../harness/route-names.ts'
import { createConfigReader, issuesOf, placesOf } from '../harness/config-reader.ts'

const { develop, serve, write, withFile, directory } = createConfigReader()

/** The carrier that delivery creates from the mail server of the environment. */
function smtpOf({ carriers }: ReturnType<typeof readConfig>) {
  const { url, allowPlainText } = carriers.smtp?.settings ?? {}
  return parseSmtpUrl((url as Secret).reveal(), allowPlainText === true || undefined)
}

describe('development', () => {
  test('needs nothing: loopback, its own database, every dialect, an inbox for every channel', () => {
    const config = develop()
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      databaseUrl: null,
      dataDirectory: join(directory(), '.watchword'),
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
    const path = join(directory(), '.watchword/secret')
    expect(Buffer.byteLength(first)).toBeGreaterThanOrEqual(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').trim()).toBe(first)
    expect(develop().secret.reveal()).toBe(first)
  })

  test('says so when the kept secret is broken or cannot be kept', () => {
    mkdirSync(join(directory(), '.watchword'))
    write('.watchword/secret', 'short')
    expect(issuesOf(develop).message).toContain('5 bytes, not shown')
    write('file', '')
    expect(issuesOf(() => develop({ WATCHWORD_DATA: 'file' })).message).toContain('ENOTDIR')
  })

  test('a wrong setting leaves nothing behind', () => {
    issuesOf(() => develop({ PORT: 'x' }))
    expect(existsSync(join(directory(), '.watchword'))).toBe(false)
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

  test('a provider of OpenID Connect without its client, or unencrypted on another machine', () => {
    const whole = {
      OPEN_ID_ISSUER: 'https://login.example.test',
      OPEN_ID_CLIENT_ID: 'watchword',
      OPEN_ID_CLIENT_SECRET: 'hunter2',
    }
    for (const name of Object.keys(whole)) {
      const error = issuesOf(() => serve({ ...whole, [name]: '' }))
      expect(error.issues.map(({ where }) => where)).toEqual([name])
      expect(error.message).not.toContain('hunter2')
    }
    expect(placesOf(() => serve({ ...whole, OPEN_ID_ISSUER: 'http://login.example.test' }))).toEqual([
      'OPEN_ID_ISSUER',
    ])
    expect(serve({ ...whole, OPEN_ID_ISSUER: 'http://127.0.0.1:4000' }).openId).toMatchObject({
      issuer: 'http://127.0.0.1:4000',
      clientId: 'watchword',
      name: 'OpenID Connect',
    })
    expect(serve({}).openId).toBeNull()
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
