import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identifyProcess, isAlive } from './process-identity.ts'

/** One entry in the list of processes that use the server. */
export type Membership = {
  leave(): void
  /** Whether another process in the list is alive. Removes dead ones. */
  hasOthers(): boolean
}

/** Enters this process in the list: an empty file whose name identifies it. One process may enter several times. */
export function joinUsers(directory: string): Membership {
  const { pid, startedAt } = identifyProcess(process.pid) ?? { pid: process.pid, startedAt: 'unknown' }
  const ours = `${pid}-${startedAt}-${randomBytes(4).toString('hex')}`
  writeFileSync(join(directory, ours), '')

  return {
    leave: () => rmSync(join(directory, ours), { force: true }),
    hasOthers: () => livingUsers(directory).some((name) => name !== ours),
  }
}

function livingUsers(directory: string): string[] {
  const names = readdirSync(directory)
  const isListed = (name: string): boolean => {
    const [pid, startedAt = ''] = name.split('-')
    return isAlive({ pid: Number(pid), startedAt })
  }
  for (const name of names) {
    if (!isListed(name)) rmSync(join(directory, name), { force: true })
  }
  return names.filter(isListed)
}
