import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** One process, distinct from a later one that was given the same number. */
export type ProcessIdentity = { pid: number; startedAt: string }

/** The live process with this number, null if there is none. A zombie holds nothing any more and counts as dead. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  // Only Linux shows start times without running a program; elsewhere a reused number is trusted.
  if (!existsSync('/proc/self/stat')) return answersSignals(pid) ? { pid, startedAt: 'unknown' } : null

  const stat = readProcessFile(pid, 'stat')
  if (stat === null) return null
  // The second field is the program's name in parentheses, which may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', startedAt = ''] = [fields[0], fields[19]]
  return state === 'Z' || state === 'X' ? null : { pid, startedAt }
}

/** Whether this very process still runs. */
export const isAlive = ({ pid, startedAt }: ProcessIdentity): boolean =>
  identifyProcess(pid)?.startedAt === startedAt

/** Whether the process was started with this argument. */
export function hasArgument(pid: number, argument: string): boolean {
  if (existsSync('/proc/self/cmdline')) {
    return readProcessFile(pid, 'cmdline')?.split('\0').includes(argument) ?? false
  }
  const { stdout } = spawnSync('/bin/ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.includes(argument)
}

function readProcessFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
