import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'

/*
 * Root may help itself to the directory of another account, which could have put a link to anything of root's in the place
 * of every file there. What root makes, writes or gives away in it is therefore opened without following a link, and what
 * is given away is what was opened.
 */

export type Owner = { uid: number; gid: number }

/** The other account whose directory root works in, else null. */
export function foreignOwnerOf(directory: string): Owner | null {
  const { uid, gid } = statSync(directory)
  return process.getuid?.() === 0 && uid !== 0 ? { uid, gid } : null
}

/** Makes a directory if need be, and gives it to `owner` when there is one. A link in its place is refused then. */
export function makeDirectory(path: string, { mode, owner }: { mode: number; owner: Owner | null }): void {
  if (owner === null) return void mkdirSync(path, { recursive: true, mode })
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  closeSync(openGiven(path, { flags: constants.O_RDONLY | constants.O_DIRECTORY, mode, owner }))
}

/** Opens a file, and gives it to `owner` when there is one. A link in its place is refused then. */
export function openGiven(
  path: string,
  { flags, mode, owner }: { flags: number; mode: number; owner: Owner | null },
): number {
  if (owner === null) return openSync(path, flags, mode)
  const descriptor = openWithoutLink(path, flags, mode)
  try {
    const found = fstatSync(descriptor)
    // A second name of a file of root's is as good as a link to it.
    if (found.isFile() && found.nlink > 1 && found.uid !== owner.uid) throw linkRefusal(path)
    fchownSync(descriptor, owner.uid, owner.gid)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function openWithoutLink(path: string, flags: number, mode: number): number {
  try {
    return openSync(path, flags | constants.O_NOFOLLOW, mode)
  } catch (error) {
    throw lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? linkRefusal(path) : error
  }
}

const linkRefusal = (path: string): Error =>
  new Error(
    `${path} is a link, and root follows none where files are another account's. Remove it, or start Watchword as ` +
      `the account that owns ${dirname(path)}.`,
  )
