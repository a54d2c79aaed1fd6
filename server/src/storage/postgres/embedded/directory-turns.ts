import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts'

type Turn = { number: number; holder: ProcessIdentity | null }

const pollMilliseconds = 20
const waitMillisecondsMax = 120_000

/**
 * Runs `work` while no other process (and no other call of this one) works on the same directory.
 *
 * Node has no `flock`, and a lock file that is deleted when its holder has died can be deleted twice, the second time
 * from under its new holder. Therefore turns are numbered files, and the highest number stands until there is a higher
 * one: whoever finds it ended, or its holder dead, may create the next, which `link` allows to one process only.
 */
export async function takeTurn<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const file = await claimTurn(directory)
  try {
    return await work()
  } finally {
    const ended = spareName(directory)
    writeFileSync(ended, 'ended')
    renameSync(ended, file)
  }
}

async function claimTurn(directory: string): Promise<string> {
  const deadline = Date.now() + waitMillisecondsMax
  for (;;) {
    const latest = latestTurn(directory)
    if (latest.holder === null || !isAlive(latest.holder)) {
      const file = createTurn(directory, latest.number + 1)
      if (file !== null) return file
      continue
    }
    if (Date.now() > deadline) {
      throw new Error(`Process ${latest.holder.pid} has kept ${directory} locked for too long. Is it stuck?`)
    }
    await sleep(pollMilliseconds)
  }
}

function latestTurn(directory: string): Turn {
  const number = Math.max(0, ...turnNumbers(directory))
  if (number === 0) return { number, holder: null }
  try {
    const [pid, startedAt] = readFileSync(join(directory, String(number)), 'utf8').split(' ')
    return { number, holder: startedAt === undefined ? null : { pid: Number(pid), startedAt } }
  } catch (error) {
    // A later turn has begun since and has swept this one away.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return latestTurn(directory)
    throw error
  }
}

/** The file of the new turn, null when another process was faster. */
function createTurn(directory: string, number: number): string | null {
  const file = join(directory, String(number))
  const { pid, startedAt } = identifyProcess(process.pid) ?? { pid: process.pid, startedAt: 'unknown' }
  const claim = spareName(directory)
  writeFileSync(claim, `${pid} ${startedAt}`)
  try {
    linkSync(claim, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    rmSync(claim, { force: true })
  }

  const numbers = turnNumbers(directory)
  if (Math.max(...numbers) > number) {
    // We slept between looking and claiming, and this number has been used and swept away meanwhile.
    rmSync(file, { force: true })
    return null
  }
  for (const past of numbers.filter((other) => other < number)) {
    rmSync(join(directory, String(past)), { force: true })
  }
  return file
}

const turnNumbers = (directory: string): number[] =>
  readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

const spareName = (directory: string): string => join(directory, `${randomBytes(8).toString('hex')}.new`)
