import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { settings } from '../../src/config/settings.ts'
import { createConfigReader, issuesOf, placesOf, secret } from '../harness/config-reader.ts'

const { develop, serve, write, withFile, directory } = createConfigReader()

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
    ['OPEN_ID_ISSUER', 'login.example.test'],
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
    expect(issuesOf(() => develop({ PORT_FILE: join(directory(), 'none') })).message).toContain('(ENOENT)')
    expect(
      placesOf(() =>
        serve({ WATCHWORD_SECRET: undefined, WATCHWORD_SECRET_FILE: join(directory(), 'none') }),
      ),
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
