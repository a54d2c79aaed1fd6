import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { importsOf, readFiles } from './source-files.ts'

/*
 * The structure of the code, as CONTRIBUTING.md describes it. docs.test.ts checks the pages in docs/ against the code.
 */

const isCode = (path: string) => /\.(ts|tsx|mjs)$/.test(path)
const sources = readFiles('server/src', isCode).filter(({ path }) => !path.endsWith('.test.ts'))

describe('imports run domain ← engine ← edges ← composition', () => {
  /** What each part may import besides itself. Each dialect is a part. */
  const mayImport: Record<string, string[]> = {
    domain: [],
    engine: ['domain'],
    storage: ['domain', 'engine'],
    delivery: ['domain', 'engine'],
    webhooks: ['domain', 'engine'],
    http: ['domain', 'engine'],
    imports: ['domain', 'engine'],
    passwords: ['domain', 'engine'],
    tokens: ['domain', 'engine'],
    passkeys: ['domain', 'engine'],
    'open-id': ['domain', 'engine'],
    config: ['domain', 'engine'],
    admin: ['domain', 'engine', 'http'],
    dialects: ['domain', 'engine', 'http'],
    development: ['domain', 'engine', 'http'],
    documentation: ['domain', 'engine', 'http'],
  }
  // The command line puts parts together like the server's composition, only fewer of them; nothing imports it.
  const composition = ['composition', 'cli']

  /** `domain` of domain/code.ts, `dialects/mobile` of dialects/mobile/send.ts. */
  function partOf(path: string): string {
    const [first = '', second = '', third] = path.replace('server/src/', '').split('/')
    return first === 'dialects' && third !== undefined ? `dialects/${second}` : first
  }

  function isAllowed(from: string, to: string): boolean {
    if (from === to) return true
    // Only the list of dialects imports each of them.
    if (from === 'dialects') return to.startsWith('dialects/') || mayImport.dialects?.includes(to) === true
    if (from === 'cli') return true
    if (from === 'composition') return to !== 'cli'
    return mayImport[from.split('/')[0] ?? '']?.includes(to) ?? false
  }

  test('and every part is one that this test knows', () => {
    const known = [...Object.keys(mayImport), ...composition]
    const unknown = sources.filter(({ path }) => !known.includes(partOf(path).split('/')[0] ?? ''))
    expect(unknown.map(({ path }) => path)).toEqual([])
  })

  test('and no other way, neither between edges nor between dialects', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(posix.dirname(file.path), name))
        .filter((target) => !isAllowed(partOf(file.path), partOf(target)))
        .map((target) => `${file.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('and no circle is left, between files or between folders', () => {
    const folderOf = (path: string) => posix.dirname(path)
    const arrows = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => [file.path, posix.join(posix.dirname(file.path), name)] as const),
    )
    expect(circlesIn(arrows)).toEqual([])
    expect(circlesIn(arrows.map(([from, to]) => [folderOf(from), folderOf(to)] as const))).toEqual([])
  })

  test('and every file lies in a folder that says what it is', () => {
    const loose = readFiles('server/src').filter(({ path }) => path.split('/').length < 4)
    expect(loose.map(({ path }) => path)).toEqual([])
  })

  test('and domain and engine use only what computes: no network, no files, no clock of their own', () => {
    // docs/decisions/layers.md
    const pure = ['node:crypto', 'node:url', 'node:util', 'libphonenumber-js/max']
    const allowed: Record<string, string[]> = { domain: pure, engine: [...pure, 'lru-cache'] }
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('.') && allowed[partOf(file.path)]?.includes(name) === false)
        .map((name) => `${file.path} imports ${name}`),
    )
    expect(wrong).toEqual([])
    const clocks = sources.filter(
      ({ path, text }) => partOf(path) === 'domain' && /Date\.now\(|new Date\(\)|performance\.now/.test(text),
    )
    expect(clocks.map(({ path }) => path)).toEqual([])
  })
})

test('nothing outside dialects/ names a dialect, so that a new one is its folder and a line', () => {
  const names = dialects.map(({ name }) => name)
  // Common words, which are a dialect's name only if they are written as one.
  const ordinary = ['account', 'mobile', 'service']
  const telling = names.filter((name) => !ordinary.includes(name))
  const purposes = dialects.flatMap((dialect) => dialect.purposes.map(({ name }) => name))
  const quoted = [...names, ...purposes].filter((name) => name !== 'account')
  const patterns = [
    new RegExp(`\\b(${telling.join('|')})`, 'i'),
    new RegExp(`['"\`](${quoted.join('|')})\\\\?['"\`]`),
    // \`account\` alone is also how carriers say that the operator's account is refused.
    new RegExp(`dialects?:? \\\\?['"\`]?(${names.join('|')})\\b|\\b(${names.join('|')})\\\\?['"\`]? dialect`),
    new RegExp(`['"\`](${dialects.map(({ basePath }) => basePath).join('|')})[/'"\`]`),
    new RegExp(`dialects/(${names.join('|')})/`),
  ]
  // The types of account that documents name are data of accounts, whichever API logs them in.
  const spared = /\bCITIZEN\b/g
  const found = sources
    .filter(({ path }) => !path.startsWith('server/src/dialects/'))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => patterns.some((pattern) => pattern.test(line.replace(spared, ''))))
        .map((line) => `${path}: ${line.trim()}`),
    )
  expect(found).toEqual([])
  const files = sources.filter(
    ({ path }) =>
      !path.startsWith('server/src/dialects/') &&
      new RegExp(`[/-](${[...telling, 'mobile'].join('|')})[-.]`).test(path),
  )
  expect(files.map(({ path }) => path)).toEqual([])
})

/** The nodes on circles: what is left after removing, repeatedly, nodes without incoming or without outgoing edges. */
function circlesIn(arrows: readonly (readonly [from: string, to: string])[]): string[] {
  let left = arrows.filter(([from, to]) => from !== to)
  for (;;) {
    const starts = new Set(left.map(([from]) => from))
    const ends = new Set(left.map(([, to]) => to))
    const next = left.filter(([from, to]) => starts.has(to) && ends.has(from))
    if (next.length === left.length) return [...new Set(left.map(([from, to]) => `${from} → ${to}`))]
    left = next
  }
}

test('Math.random decides nothing that anybody could wish to guess', () => {
  // Jitter of retries and the like; everything else takes node:crypto (C1).
  const users = sources.filter(({ text }) => /Math\.random\(/.test(text)).map(({ path }) => path)
  expect(users.filter((path) => !/^server\/src\/(delivery|webhooks)\//.test(path))).toEqual([])
})

test('the environment is read in config alone; what starts processes hands it on', () => {
  const mayRead =
    /^(server\/src\/config\/|server\/src\/cli\/watchword\.ts$|server\/test\/|bench\/|bootstrap\.mjs$)/
  const readers = readFiles('', isCode).filter(({ text }) => /process\.env\b/.test(text))
  expect(readers.map(({ path }) => path).filter((path) => !mayRead.test(path))).toEqual([])
})

test('no folder or file is called utils, helpers, common or lib: what has no home has not been named yet', () => {
  const homeless = /(^|\/)(utils?|helpers?|common|lib|misc|shared)(\/|\.\w+$)/
  expect(readFiles('', isCode).filter(({ path }) => homeless.test(path))).toEqual([])
})

test('files are kebab-case', () => {
  const wrong = readFiles('server', isCode).filter(({ path }) => !/^[a-z0-9./-]+$/.test(path))
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('no test is left out or alone', () => {
  // Split, so that this file does not match itself.
  const alone = new RegExp(
    `\\b(test|it|describe)\\.(${['on' + 'ly', 'sk' + 'ip', 'to' + 'do'].join('|')})\\b`,
  )
  const found = readFiles('', (path) => path.endsWith('.test.ts')).filter(({ text }) => alone.test(text))
  expect(found.map(({ path }) => path)).toEqual([])
})

test('no file names a package registry or somebody’s home', () => {
  const registry = /https?:\/\/[^\s/"']*(registry|artifact|nexus|verdaccio|npmjs|yarnpkg|npmmirror)[^\s/"']*/i
  const home = /(?<![\w.])\/(home|Users)\/[a-z][\w.-]*\/|(?<![\w.])\/root\/\w/
  const found = readFiles('', (path) => !path.startsWith('server/test/repository/tidy'))
    .filter(({ text }) => registry.test(text) || home.test(text))
    .map(({ path, text }) => `${path}: ${(registry.exec(text) ?? home.exec(text))?.[0]}`)
  expect(found).toEqual([])
  const [lock] = readFiles('', (path) => path === 'package-lock.json')
  expect(lock?.text).not.toMatch(/"resolved": "http/)
})
