import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { deriveCode } from '../server/dist/domain/code.js'
import { Secret } from '../server/dist/domain/secret.js'
import { createCodeKeyring } from '../server/dist/engine/codes/code-keys.js'

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'server', 'bin', 'watchword.mjs')
const secret = 'a secret of the benchmark, as long as it has to be'
const keyring = createCodeKeyring({ current: new Secret(secret), previous: null })
const startSecondsMax = 60
/** Limits are counted, and never reached. */
const boundlessFor = (carrier) => ['--rate-limit', '1000000/60', '--carrier', carrier]

/** The id of the key that codes are derived from. */
export const codeKeyId = keyring.current.id

/** The code of a challenge, which nobody sends us, because the carrier of most benchmarks sends nothing. */
export const codeOf = (subject) => deriveCode(keyring.current, { digits: 6, ...subject }).reveal()

/** A block of header lines with the key of a project. */
export const headersOf = ({ apiKey, projectId }) => `X-Api-Key: ${apiKey}\r\nX-Project-Id: ${projectId}\r\n`

/**
 * Starts a server on an embedded PostgreSQL of its own, durable as shipped: `fsync` and `synchronous_commit` are on. It has
 * the processes that measureProcessorTime counts, its database, and what makes projects. `environment` is added to its own.
 */
export async function startBenchServer({ environment: more = {} } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-bench-'))
  const environment = {
    ...process.env,
    DATABASE_URL: undefined,
    WATCHWORD_CONFIG: undefined,
    WATCHWORD_DATA: directory,
    WATCHWORD_SECRET: secret,
    PORT: '0',
    LOG_LEVEL: 'error',
    ...more,
  }
  // Runs the program itself, not our own Node: its first line sets the memory flags of the product.
  const child = spawn(program, ['dev'], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
  endWithUs(child)
  const stop = async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    rmSync(directory, { recursive: true, force: true })
  }
  const runCommand = (...parameters) =>
    execFileSync(process.execPath, [program, ...parameters], { env: environment, encoding: 'utf8' })

  try {
    const port = await untilListening(child, directory)
    const [postmaster, , , postgresPort, socketDirectory] = readFileSync(
      join(directory, 'postgres', 'postmaster.pid'),
      'utf8',
    ).split('\n')
    return {
      port,
      pid: child.pid,
      devFile: join(directory, 'dev.json'),
      postmaster: Number(postmaster),
      connectionString: (database = 'watchword') =>
        `postgresql://watchword@/${database}?host=${encodeURIComponent(socketDirectory)}&port=${postgresPort}`,
      createProject: ({ carrier = 'null' } = {}) =>
        JSON.parse(
          runCommand(
            'projects',
            'create',
            'Bench',
            ...boundlessFor(carrier),
            '--tokens',
            '1000000000',
            '--json',
          ),
        ),
      liftLimits: (projectId) => runCommand('projects', 'update', projectId, ...boundlessFor('null')),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** An interrupted benchmark leaves no server and no database running. */
function endWithUs(child) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  process.once('exit', () => child.kill('SIGTERM'))
}

async function untilListening(child, directory) {
  for (let waited = 0; waited < startSecondsMax; waited += 0.1) {
    if (child.exitCode !== null) throw new Error('the server has ended')
    try {
      return Number(new URL(JSON.parse(readFileSync(join(directory, 'dev.json'), 'utf8')).url).port)
    } catch {
      await sleep(100)
    }
  }
  throw new Error('the server did not start within a minute')
}
