import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Finding, findingsOf } from './finding.ts'

const gibibyte = 1024 ** 3

/** Whether the server can keep its data in the directory, nobody else can read it, and there is enough space. */
export async function checkDataDirectory(directory: string): Promise<Finding[]> {
  const nearest = nearestExisting(directory)
  return [checkPermissions(directory, nearest), await checkRoom(nearest)]
}

function checkPermissions(directory: string, nearest: string): Finding {
  const { ok, warn, fail } = findingsOf('Data directory')
  const found = statSync(nearest)
  if (!found.isDirectory()) return fail(`${nearest} is a file`, 'Name another directory with WATCHWORD_DATA.')
  if (!isWritable(nearest)) {
    return fail(
      `this user may not write in ${nearest}`,
      'Give it to the user that runs Watchword (chown), or name another with WATCHWORD_DATA.',
    )
  }
  if (nearest !== directory) return ok(`${directory} will be made at the first start`)

  // Permission bits for others mean nothing on Windows.
  const isOpen = process.platform !== 'win32' && (found.mode & 0o077) !== 0
  if (isOpen) return warn(`other users may look into ${directory}`, `Run: chmod 700 ${directory}`)
  return ok(directory)
}

async function checkRoom(directory: string): Promise<Finding> {
  const { ok, warn, fail } = findingsOf('Disk')
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  const text = `${(free / gibibyte).toFixed(1)} GiB free`
  const remedy = 'Make room: PostgreSQL stops to write when the disk is full.'
  if (free < gibibyte / 5) return fail(text, remedy)
  return free < 2 * gibibyte ? warn(text, remedy) : ok(text)
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
