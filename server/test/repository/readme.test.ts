import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFiles, root } from './source-files.ts'

/*
 * Runs the shell blocks of the README and of the pages of the dialects, unchanged, against a server that was started as
 * the README says. Only what a reader must fill in is replaced: the key, and the code that the inbox shows.
 */

const directory = mkdtempSync(join(tmpdir(), 'watchword-readme-'))
let stop: () => Promise<unknown> = async () => {}
let url = ''

beforeAll(async () => {
  const server = spawn(process.execPath, [join(root, 'bootstrap.mjs'), 'start'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      WATCHWORD_DATA: join(directory, '.watchword'),
      LOG_LEVEL: 'warn',
    },
  })
  const ended = new Promise((resolve) => server.once('close', resolve))
  stop = () => {
    server.kill('SIGTERM')
    return ended
  }
  let said = ''
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (text) => {
      said += text
      if (said.includes('Ctrl-C')) resolve()
    })
    server.stderr.on('data', (text) => (said += text))
    server.once('close', () => reject(new Error(`npm start ended early: ${said}`)))
  })
  url = readAccess().url
})

afterAll(async () => {
  await stop()
  rmSync(directory, { recursive: true, force: true })
})

const readAccess = () =>
  JSON.parse(readFileSync(join(directory, '.watchword', 'dev.json'), 'utf8')) as {
    url: string
    apiKey: string
    adminToken: string
  }

const [readme] = readFiles('', (path) => path === 'README.md')
const shellBlocks = (text: string): string[] =>
  [...text.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)

/** Runs a script in the folder that has `.watchword/`, and returns its output. */
const runShell = async (script: string): Promise<string> =>
  (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory })).stdout

describe('README.md', () => {
  const blocks = shellBlocks(readme?.text ?? '')

  test('its first screen has the commands, a send and a check', () => {
    const firstScreen = (readme?.text ?? '').split('\n').slice(0, 50).join('\n')
    for (const wanted of ['npm start', 'npm test', '/api/v1/otp/send', '/dev/inbox', '/api/v1/otp/verify'])
      expect(firstScreen).toContain(wanted)
  })

  test('what it pastes sends a code and checks it', async () => {
    const [send = '', check = ''] = blocks.filter((block) => block.includes('curl'))
    // A shell that stays open keeps its variables, so both run in one.
    const answers = await runShell(`${quietCurl}\n${send}\necho\n${check}`)
    const [sent = '', checked = ''] = answers.trim().split('\n')
    expect(Object.keys(JSON.parse(sent))).toEqual(Object.keys(exampleAfter('/api/v1/otp/send')))
    expect(JSON.parse(sent)).toMatchObject({ message: 'OTP generated and queued', expiresIn: 300 })
    expect(JSON.parse(checked)).toMatchObject({ valid: true })
  })

  test('the commands of production exist and explain themselves', async () => {
    const production = blocks.find((block) => block.includes('watchword serve')) ?? ''
    const commands = [...production.matchAll(/(?:npx |bin\/)watchword ([a-z ]+[a-z])/g)].map(
      ([, words = '']) => words,
    )
    expect(commands).toEqual(['doctor', 'projects create', 'serve'])
    const reference = readFiles('docs', (path) => path === 'docs/command-line.md')[0]?.text ?? ''
    for (const command of commands) expect(reference).toContain(`## watchword ${command}\n`)
    const variables = [...production.matchAll(/\b([A-Z]+(?:_[A-Z]+)*)=/g)].map(([, name = '']) => name)
    const configuration = readFiles('docs', (path) => path === 'docs/configuration.md')[0]?.text ?? ''
    for (const name of variables) expect(configuration).toContain(`| \`${name}\` |`)
  })

  const exampleAfter = (path: string) => {
    const text = readme?.text.slice(readme.text.indexOf(path)) ?? ''
    return JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '{}')
  }
})

/** curl prints its progress if standard error is a file. Without curl, a short script does what the pages need. */
const hasCurl = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'curl')))
const quietCurl = hasCurl
  ? 'curl() { command curl -s "$@"; }'
  : `curl() { node '${join(root, 'server/test/harness/curl.mjs')}' "$@"; }`

describe('the pages of the dialects', () => {
  const pages = ['citizen', 'account', 'service', 'kikapu', 'mobile', 'admin']

  test.each(pages)('%s: every curl answers as the page shows', async (name) => {
    const [page] = readFiles('docs', (path) => path === `docs/${name}.md`)
    const blocks = examplesOf(page?.text ?? '')
    expect(blocks.length).toBeGreaterThan(0)
    for (const { script, shown } of blocks) {
      const answer = JSON.parse(await runShell(`${quietCurl}\n${await fillIn(script)}`))
      expect({ script, answer: shapeOf(answer) }).toEqual({ script, answer: expectedShape(answer, shown) })
    }
  })

  type Example = { script: string; shown: unknown }

  /** Each request with the first JSON block before the next request; null if the page shows none. */
  function examplesOf(text: string): Example[] {
    const parts = text.split(/^```(?:sh|bash)\n/m).slice(1)
    return parts
      .map((part) => {
        const end = part.indexOf('\n```')
        const json = /^```json\n([\s\S]*?)^```$/m.exec(part.slice(end + 4))?.[1]
        return { script: part.slice(0, end), shown: json === undefined ? null : JSON.parse(json) }
      })
      .filter(({ script }) => script.includes('curl'))
  }

  /** What the reader fills in: the server's URL, the key, and the code that was sent to the address of the request. */
  async function fillIn(script: string): Promise<string> {
    const { apiKey, adminToken } = readAccess()
    const filled = script
      .replace(/(http:\/\/)?(localhost|127\.0\.0\.1):3000/g, url)
      .replaceAll('$key', apiKey)
      .replaceAll('$TOKEN', adminToken)
    if (!/"(otp|code)": "\d+"/.test(filled)) return filled
    return filled.replace(/("(?:otp|code)": ")\d+"/, `$1${await newestCode(filled)}"`)
  }

  async function newestCode(script: string): Promise<string> {
    const body = JSON.parse(/-d '([^']*)'/.exec(script)?.[1] ?? '{}') as Record<string, string>
    const address = body.email ?? body.target ?? body.phoneNumber ?? ''
    const entries = (await (await fetch(`${url}/dev/inbox`)).json()) as { to: string; code: string }[]
    const found = entries.find(({ to }) => to === address || to.endsWith(address.replace(/^\+/, '')))
    if (found === undefined) throw new Error(`nothing was sent to ${address}`)
    return found.code
  }

  /** Names and types, which must be as shown; values differ in each run. */
  const shapeOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shapeOf)
    if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]))
  }

  /** The page of `mobile` shows only the `data` of its envelope. */
  function expectedShape(answer: Record<string, unknown>, shown: unknown): unknown {
    if (shown === null) return shapeOf(answer)
    const isDataAlone = 'timestamp' in answer && !('timestamp' in (shown as object))
    return isDataAlone ? { ...(shapeOf(answer) as object), data: shapeOf(shown) } : shapeOf(shown)
  }
})
