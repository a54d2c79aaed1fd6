import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { renderCommandReference } from '../../src/cli/render-reference.ts'
import { runCommand } from '../harness/run-command.ts'

const commands = [
  'dev',
  'serve',
  'migrate',
  'backup',
  'restore',
  'forget-secret',
  'operators list',
  'operators invite',
  'operators role',
  'operators remove',
  'operators sign-out',
  'projects create',
  'projects list',
  'projects update',
  'projects disable',
  'projects enable',
  'projects delete',
  'keys create',
  'keys list',
  'keys revoke',
  'texts list',
  'texts show',
  'texts set',
  'texts remove',
  'texts preview',
  'texts send',
  'carriers list',
  'carriers show',
  'carriers set',
  'carriers remove',
  'carriers test',
  'routes show',
  'routes set',
  'spending',
  'verifications list',
  'verifications show',
  'verifications reveal',
  'overview',
  'state',
  'users import',
  'users list',
  'users unlock',
  'users disable',
  'users enable',
  'users sessions',
  'users end-sessions',
  'users erase',
  'businesses create',
  'businesses list',
  'businesses update',
  'businesses delete',
  'businesses members',
  'businesses join',
  'businesses leave',
  'opt-outs list',
  'opt-outs remove',
  'prefixes list',
  'prefixes release',
  'webhooks create',
  'webhooks list',
  'webhooks update',
  'webhooks delete',
  'webhooks deliveries',
  'webhooks replay',
  'counts rebuild',
  'audit export',
  'doctor',
  'docs',
]

describe('help', () => {
  test('the reference is what --help prints', () => {
    const reference = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8')
    expect(reference).toBe(renderCommandReference())
  })

  test('every command explains itself, with examples', () => {
    const sections = new Map(
      renderCommandReference()
        .split('\n## ')
        .slice(1)
        .map((section) => [section.slice(0, section.indexOf('\n')), section]),
    )
    expect([...sections.keys()]).toEqual(commands.map((name) => `watchword ${name}`))
    for (const [name, section] of sections)
      expect(section).toContain(`Examples:\n  $ ${name === 'watchword serve' ? 'WATCHWORD_SECRET' : ''}`)
  })

  test('it goes to standard output and is no mistake', async () => {
    const { stdout, stderr, code } = await runCommand(['projects', 'create', '--help'])
    expect(stdout).toContain('Usage: watchword projects create [options] <name>')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    const version = await runCommand(['--version'])
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('what is not understood', () => {
  test.each([
    [['project', 'list'], "unknown command 'project'", 'Did you mean projects?'],
    [['projects', 'craete', 'x'], "unknown command 'craete'", 'Did you mean create?'],
    [['keys', 'burn'], "unknown command 'burn'", '("watchword keys --help" lists the commands)'],
    [
      ['projects', 'create', 'x', '--rate-limt', '3'],
      "unknown option '--rate-limt'",
      'Did you mean --rate-limit?',
    ],
    [
      ['projects', 'create'],
      "missing required argument 'name'",
      '("watchword projects create --help" explains it)',
    ],
    [
      ['projects', 'create', 'x', 'y'],
      'too many arguments',
      '("watchword projects create --help" explains it)',
    ],
    [['businesses', 'create', 'x'], "required option '--type <type>' not specified", '--help'],
  ])('%j says what was meant, and exits with 2', async (parameters, complaint, hint) => {
    const { stdout, stderr, code } = await runCommand(parameters)
    expect(stderr).toContain(complaint)
    expect(stderr).toContain(hint)
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  })

  test('a command group alone shows what it has', async () => {
    const { stderr, code } = await runCommand(['keys'])
    expect(stderr).toContain('revoke')
    expect(code).toBe(2)
  })
})

describe('failures', () => {
  test('a database that is away is one sentence without a stack or the password', async () => {
    const env = { DATABASE_URL: 'postgres://ada:hunter22@127.0.0.1:1/none' }
    const { stdout, stderr, code } = await runCommand(['projects', 'list'], { env })
    expect(stderr).toBe(
      'error: The database cannot be reached (ECONNREFUSED): is DATABASE_URL right, and does PostgreSQL run there? "watchword doctor" looks closer.\n',
    )
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
  })

  test.each([
    ['refuses TLS', '?sslmode=verify-full', 'N', 'asks for TLS'],
    ['is none', '', '', 'is it PostgreSQL?'],
  ])('a PostgreSQL that %s is told as such', async (_, query, answer, words) => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).once('data', () => socket.end(answer)),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const env = { DATABASE_URL: `postgres://ada:hunter22@127.0.0.1:${port}/none${query}` }
    expect((await runCommand(['projects', 'list'], { env })).stderr).toContain(words)
    server.close()
  })

  test('a wrong configuration is told whole, and starts nothing', async () => {
    const env = { PORT: 'eighty', WATCHWORD_SECRET: 'short', WATCHWORD_DATA: '/dev/null/none' }
    const { stdout, stderr, code } = await runCommand(['serve'], { env })
    for (const part of ['PORT', 'WATCHWORD_SECRET', 'expected:', 'example:', 'remedy:'])
      expect(stderr).toContain(part)
    expect(stderr).not.toContain('    at ')
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
  })

  test('a data directory that is a file is told by the name of its setting', async () => {
    const { stderr, code } = await runCommand(['projects', 'list'], { env: { WATCHWORD_DATA: '/dev/null' } })
    expect(stderr).toContain('A file stands where a directory is needed')
    expect(stderr).toContain('WATCHWORD_DATA')
    expect(code).toBe(1)
  })

  test('serve without a secret refuses', async () => {
    const { stderr, code } = await runCommand(['serve'])
    expect(stderr).toContain('WATCHWORD_SECRET')
    expect(code).toBe(1)
  })
})
