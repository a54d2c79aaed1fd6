import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts'

type Claim = { number: number; holder: ProcessIdentity | null }

const pollMilliseconds = 20
const waitMillisecondsMax = 120_000

/**
 * Runs `work` while no other process (and no other call of this one) works on the same directory.
 *
 * Node has no `flock`, and two processes can both delete the lock file of a dead holder, the second one when there is
 * already a new holder. Therefore each claim of the lock is a numbered file, and the highest number holds the lock
 * until there is a higher one: a process that finds it released, or its holder dead, may create the next, which `link`
 * allows only one process to do.
 */
export async function withDirectoryLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const file = await acquire(directory)
  try {
    return await work()
  } finally {
    // Older versions use this word and may be waiting for it.
    const released = spareName(directory)
    writeFileSync(released, 'ended')
    renameSync(released, file)
  }
}

async function acquire(directory: string): Promise<string> {
  const deadline = Date.now() + waitMillisecondsMax
  for (;;) {
    const latest = latestClaim(directory)
    if (latest.holder === null || !isAlive(latest.holder)) {
      const file = createClaim(directory, latest.number + 1)
      if (file !== null) return file
      continue
    }
    if (Date.now() > deadline) {
      throw new Error(`Process ${latest.holder.pid} has kept ${directory} locked for too long. Is it stuck?`)
    }
    await sleep(pollMilliseconds)
  }
}

function latestClaim(directory: string): Claim {
  const number = Math.max(0, ...claimNumbers(directory))
  if (number === 0) return { number, holder: null }
  try {
    const [pid, startedAt] = readFileSync(join(directory, String(number)), 'utf8').split(' ')
    return { number, holder: startedAt === undefined ? null : { pid: Number(pid), startedAt } }
  } catch (error) {
    // A later claim was made in the meantime and has deleted this one.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return latestClaim(directory)
    throw error
  }
}

/** The file of the new claim; null if another process was faster. */
function createClaim(directory: string, number: number): string | null {
  const file = join(directory, String(number))
  const { pid, startedAt } = identifyProcess(process.pid) ?? { pid: process.pid, startedAt: 'unknown' }
  const draft = spareName(directory)
  writeFileSync(draft, `${pid} ${startedAt}`)
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    rmSync(draft, { force: true })
  }

  const numbers = claimNumbers(directory)
  if (Math.max(...numbers) > number) {
    // This process slept between looking and claiming; the number was used and deleted in the meantime.
    rmSync(file, { force: true })
    return null
  }
  for (const past of numbers.filter((other) => other < number)) {
    rmSync(join(directory, String(past)), { force: true })
  }
  return file
}

const claimNumbers = (directory: string): number[] =>
  readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

const spareName = (directory: string): string => join(directory, `${randomBytes(8).toString('hex')}.new`)
