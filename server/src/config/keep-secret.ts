import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Secret } from '../domain/secret.ts'
import type { ConfigurationIssue } from './configuration-error.ts'
import { secretBytesMin } from './settings.ts'

type Kept = { ok: true; secret: Secret } | { ok: false; issue: ConfigurationIssue }

/** The master secret of development: made once, kept in a file that only its owner may read. */
export function keepSecret(path: string): Kept {
  try {
    const text = readExisting(path) ?? create(path)
    if (Buffer.byteLength(text) >= secretBytesMin) return { ok: true, secret: new Secret(text) }
    const remedy = 'Put the former content back, or remove the file: codes and sessions made with it end.'
    return { ok: false, issue: issueAt(path, `${Buffer.byteLength(text)} bytes, not shown`, remedy) }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const remedy =
      reason === 'ELOOP'
        ? 'Root follows no link in the directory of another account: remove it, or start as the account that owns the directory.'
        : 'Let this user write the directory, or name another with WATCHWORD_DATA.'
    return { ok: false, issue: issueAt(path, reason, remedy) }
  }
}

const issueAt = (path: string, read: string, remedy: string): ConfigurationIssue => ({
  where: path,
  read,
  expected: `at least ${secretBytesMin} bytes in a file that can be read and written`,
  example: 'WATCHWORD_DATA=/var/lib/watchword',
  remedy,
})

function readExisting(path: string): string | null {
  try {
    const file = openSync(path, isForeign(dirname(path)) ? constants.O_NOFOLLOW : constants.O_RDONLY)
    try {
      // A copied directory may have lost the mode.
      fchmodSync(file, 0o600)
      return readFileSync(file, 'utf8').trim()
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Two servers may start at once: only one of them creates the link, and both then read the same complete file. */
function create(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(path, 'utf8').trim()
}

/** Whether root works in a directory of another account, which may have put a link to a file of root's there. */
const isForeign = (directory: string): boolean => process.getuid?.() === 0 && statSync(directory).uid !== 0
