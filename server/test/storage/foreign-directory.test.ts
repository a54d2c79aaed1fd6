import {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepSecret } from '../../src/config/keep-secret.ts'
import { takeDevFile } from '../../src/development/dev-file.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded/embedded-postgres.ts'

/*
 * Root in the directory of another account, which has put links there. Whoever is not root can neither make such a
 * directory nor be led astray.
 */

const nameless = 61_234
/** `daemon` has a name everywhere, so PostgreSQL runs as the owner. */
const daemon = 1
const isRoot = process.getuid?.() === 0

let directory: string
let ofRoot: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'watchword-foreign-'))
  ofRoot = mkdtempSync(join(tmpdir(), 'watchword-of-root-'))
})
afterEach(() => {
  for (const each of [directory, ofRoot]) rmSync(each, { recursive: true, force: true })
})

const giveTo = (uid: number): void => chownSync(directory, uid, uid)
const fileOfRoot = (text: string, mode = 0o644): string => {
  const path = join(ofRoot, 'file')
  writeFileSync(path, text, { mode })
  return path
}
const refusal = /is a link, and root follows none .* Remove it, or start Watchword as the account that owns/

describe.runIf(isRoot)('root in the directory of another account', () => {
  for (const [name, uid] of [
    ['a number', nameless],
    ['an account with a name', daemon],
  ] as const) {
    test(`makes nothing behind a link to a directory, and gives it to nobody (of ${name})`, async () => {
      giveTo(uid)
      symlinkSync(ofRoot, join(directory, 'postgres-state'))
      await expect(startEmbeddedPostgres({ dataDirectory: directory })).rejects.toThrow(refusal)
      expect(statSync(ofRoot).uid).toBe(0)
      expect(readdirSync(ofRoot)).toEqual([])
    })
  }

  test.each(['turns', 'users'])('follows no link within its state either (%s)', async (name) => {
    giveTo(nameless)
    const state = join(directory, 'postgres-state')
    mkdirSync(state)
    chownSync(state, nameless, nameless)
    symlinkSync(ofRoot, join(state, name))
    await expect(startEmbeddedPostgres({ dataDirectory: directory })).rejects.toThrow(refusal)
    expect(statSync(ofRoot).uid).toBe(0)
  })

  test.each(['a link', 'a second name'])(
    'neither writes to the log nor gives it away through %s',
    async (kind) => {
      giveTo(daemon)
      const path = fileOfRoot('of root', 0o600)
      if (kind === 'a link') symlinkSync(path, join(directory, 'postgres.log'))
      else linkSync(path, join(directory, 'postgres.log'))
      await expect(startEmbeddedPostgres({ dataDirectory: directory })).rejects.toThrow(refusal)
      expect(statSync(path)).toMatchObject({ uid: 0, size: 7 })
    },
  )

  test('does not take a file of its own for the secret, nor changes its mode', () => {
    giveTo(daemon)
    const path = fileOfRoot('the public text of a file that is long enough to be a secret')
    symlinkSync(path, join(directory, 'secret'))
    expect(keepSecret(join(directory, 'secret'))).toMatchObject({
      ok: false,
      issue: { remedy: expect.stringMatching(/follows no link .* start as the account that owns/) },
    })
    expect(statSync(path).mode & 0o777).toBe(0o644)
  })

  test('makes dev.json anew, whatever link stands there', async () => {
    giveTo(daemon)
    const path = fileOfRoot('of root')
    for (const name of ['dev.json', `dev.json.${process.pid}`]) symlinkSync(path, join(directory, name))
    await takeDevFile(directory, {
      url: 'http://127.0.0.1:1',
      projectId: 'p' as ProjectId,
      apiKey: 'k',
      adminToken: 't',
    })
    expect(readFileSync(path, 'utf8')).toBe('of root')
    expect(lstatSync(join(directory, 'dev.json')).isFile()).toBe(true)
  })

  test('removes no directory that a file of theirs names', async () => {
    giveTo(daemon)
    const state = join(directory, 'postgres-state')
    mkdirSync(state)
    chownSync(state, daemon, daemon)
    const cluster = join(directory, 'postgres')
    writeFileSync(join(state, 'place.json'), JSON.stringify({ cluster, socketDirectory: ofRoot }))
    const postgres = await startEmbeddedPostgres({ dataDirectory: directory })
    await postgres.stop()
    expect(statSync(ofRoot).uid).toBe(0)
    expect(statSync(join(directory, 'postgres.log')).uid).toBe(daemon)
  })
})

test('dev.json finds its directory, also where nothing else has made it', async () => {
  const path = join(directory, 'new', 'data')
  await takeDevFile(path, {
    url: 'http://127.0.0.1:1',
    projectId: 'p' as ProjectId,
    apiKey: 'k',
    adminToken: 't',
  })
  expect(statSync(join(path, 'dev.json')).mode & 0o777).toBe(0o600)
})

test('whoever owns the directory may keep the secret behind a link', () => {
  const path = fileOfRoot('a text of a file that is long enough to be a secret')
  symlinkSync(path, join(directory, 'secret'))
  expect(keepSecret(join(directory, 'secret'))).toMatchObject({ ok: true })
})
