import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFiles, root } from './source-files.ts'

/*
 * The package as npm makes it, and what its reader finds there who has no clone.
 */

const directory = mkdtempSync(join(tmpdir(), 'watchword-package-'))
const inPackage = (...names: string[]) => join(directory, 'package', ...names)
let files: string[]
beforeAll(() => {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory]
  const [{ filename }] = JSON.parse(
    execFileSync('npm', pack, {
      cwd: join(root, 'server'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ filename: string }]
  execFileSync('tar', ['-xf', join(directory, filename), '-C', directory])
  files = readdirSync(inPackage(), { recursive: true, encoding: 'utf8' })
  symlinkSync(join(root, 'node_modules'), inPackage('node_modules'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const run = (...parameters: string[]): string =>
  execFileSync(process.execPath, [inPackage('bin', 'watchword.mjs'), ...parameters], { encoding: 'utf8' })

test('it has a README of its own and the license, and nothing that only a clone needs', () => {
  expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']))
  expect(readFileSync(inPackage('LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
  // On the page of a registry a link to a file leads nowhere.
  expect(readFileSync(inPackage('README.md'), 'utf8')).not.toMatch(/\]\((?!https:)/)
  expect(files.filter((file) => /\.test\.|\.tsx?$|^(src|test)\//.test(file))).toEqual([])
})

test('it prints every page of the documentation, and its links lead to pages that it has', () => {
  const pages = readFiles('docs', (path) => path.endsWith('.md'))
  for (const { path } of pages) expect(files).toContain(`dist/pages/${path}`)
  expect(run('docs')).toContain('(operating.md)')
  expect(run('docs', 'operating')).toBe(
    `${pages.find(({ path }) => path === 'docs/operating.md')?.text.trimEnd()}\n`,
  )
  const links = pages.flatMap(({ path, text }) =>
    [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)#\s]+\.(?:md|yaml))/g)].map(([, target = '']) =>
      posix.join('dist/pages', posix.dirname(path), target),
    ),
  )
  expect(links.length).toBeGreaterThan(50)
  expect(links.filter((link) => !files.includes(link))).toEqual([])
})

/** The program without comments, which are for readers of the source. */
const sources = readFiles('server/src', (path) => path.endsWith('.ts') && !path.endsWith('.test.ts')).map(
  ({ path, text }) => ({ path, text: text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '') }),
)

test('what its messages point to is printed by the command that they name', () => {
  const named = sources.flatMap(({ text }) =>
    [...text.matchAll(/watchword docs ([a-z][\w./-]*)/g)].map(([, page = '']) => page),
  )
  expect(named.length).toBeGreaterThan(8)
  for (const page of new Set(named)) {
    const file = /\.\w+$/.test(page) ? page : `${page}.md`
    expect(files).toContain(`dist/pages/docs/${file}`)
  }
  // The generated pages are named by those who write them.
  const writers = /render-reference|write-reference/
  const toFiles = sources.filter(
    ({ path, text }) => !writers.test(path) && /docs\/[\w.-]+\.(md|yaml)/.test(text),
  )
  // These two read the pages, to print them and to show them.
  expect(toFiles.map(({ path }) => path)).toEqual([
    'server/src/cli/commands/docs.ts',
    'server/src/documentation/guides.ts',
  ])
})

/** Whether a range of versions holds one, for the forms that packages use: `>=18`, `^16 || ^18 || >=20`, `20 || >=22`. */
function holds(range: string, [major, minor]: readonly [number, number]): boolean {
  return range.split('||').some((part) => {
    const [, sign = '', bigger = '', smaller = '0'] =
      /^\s*(>=|\^|~|)\s*(\d+)(?:\.(\d+|x))?(?:\.\d+)?\s*$/.exec(part) ?? []
    if (bigger === '') throw new Error(`a range that this test does not know: ${range}`)
    const isLater = major === Number(bigger) && minor >= (smaller === 'x' ? 0 : Number(smaller))
    return isLater || (sign === '>=' && major > Number(bigger))
  })
}

test('every package that it installs runs on the oldest Node that it takes', () => {
  type Locked = {
    dev?: boolean
    version?: string
    engines?: { node?: string }
    dependencies?: Record<string, string>
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>
  }
  const ours = JSON.parse(readFileSync(inPackage('package.json'), 'utf8')) as {
    engines: { node: string }
    dependencies: Record<string, string>
  }
  expect(ours.engines.node).toBe('>=20.19')
  const installed = Object.entries(packages).filter(
    ([path, { dev }]) => path.startsWith('node_modules/') && !dev,
  )
  expect(installed.length).toBeGreaterThan(60)
  const tooNew = installed.filter(([, { engines }]) => engines?.node && !holds(engines.node, [20, 19]))
  expect(tooNew.map(([path]) => path)).toEqual([])

  // Whoever installs the package does not have our overrides: what they hold back is a dependency of its own.
  const { overrides } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    overrides: Record<string, string>
  }
  expect(ours.dependencies).toMatchObject(overrides)
})
