import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** A small file system of its own, so that it can be filled. */
export type SmallDisk = {
  directory: string
  /** Takes what is left of it, to the last block. */
  fill: () => void
  /** Gives back what `fill` took. */
  empty: () => void
  remove: () => void
}

/** Mounts one. Only root can, or a user with `sudo` without a password; null for everybody else. */
export function mountSmallDisk({ megabytes }: { megabytes: number }): SmallDisk | null {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-disk-'))
  const { uid, gid } = userInfo()
  const asRoot = (...command: [string, ...string[]]): boolean => {
    const [program, ...parameters] = uid === 0 ? command : ['sudo', '-n', ...command]
    return spawnSync(program as string, parameters).status === 0
  }
  const options = `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`
  if (!asRoot('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', directory)) {
    rmSync(directory, { recursive: true })
    return null
  }
  const filler = join(directory, 'filler')
  return {
    directory,
    fill() {
      const file = openSync(filler, 'a')
      for (let size = 2 ** 20; size >= 512; ) if (!canWrite(file, size)) size /= 2
      closeSync(file)
    },
    empty: () => rmSync(filler, { force: true }),
    remove() {
      asRoot('umount', directory)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function canWrite(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    return false
  }
}
