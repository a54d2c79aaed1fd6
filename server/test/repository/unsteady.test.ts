import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root } from './source-files.ts'

/* How `.ci/run` handles a failing test: `.ci/run-tests.mjs`, on test files written for this purpose. */

const steady = "test('holds', () => {})"
const broken = "test('never holds', () => expect(1).toBe(2))"
/** Fails on its first run. */
const unsteady = (name: string) => `
  import { existsSync, writeFileSync } from 'node:fs'
  const mark = ${JSON.stringify(`${name}.mark`)}
  describe('now and then', () => {
    test('${name} holds', () => {
      const isFirst = !existsSync(mark)
      writeFileSync(mark, '')
      expect(isFirst).toBe(false)
    })
    test('${name} holds always', () => {})
  })`
/** Fails to load on its first run. */
const unloadable = `
  import { existsSync, writeFileSync } from 'node:fs'
  if (!existsSync('load.mark')) {
    writeFileSync('load.mark', '')
    throw new Error('not yet')
  }
  test('is loaded', () => {})`

/** Runs test files by their names; `besides` are other files, of which `setup.mjs` is the global set-up of the run. */
function runTests(files: Record<string, string>, besides: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-unsteady-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.mjs`), text)
  for (const [name, text] of Object.entries(besides)) writeFileSync(join(folder, name), text)
  const setup = besides['setup.mjs'] === undefined ? '' : "globalSetup: 'setup.mjs',"
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { ${setup} globals: true, pool: 'threads', maxWorkers: 1, isolate: false } }`,
  )
  const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run']
  const reporter = `--reporter=${join(root, 'server/test/harness/outcome-reporter.ts')}`
  const script = join(root, '.ci/run-tests.mjs')
  const { status, stdout } = spawnSync(process.execPath, [script, folder, ...vitest, reporter], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  })
  const lines = stdout.split('\n').filter((line) => /^(unsteady:|FAILED|\d+ files have failed)/.test(line))
  return { status, lines, counts: readFileSync(join(folder, 'counts'), 'utf8').trim() }
}

describe('a test file that fails is run once more, alone', () => {
  test('and one that then passes is named, and fails nothing', () => {
    const result = runTests({ steady, one: unsteady('one'), load: unloadable })
    expect(result).toEqual({
      status: 0,
      lines: ['unsteady: load.test.mjs: the file itself', 'unsteady: one.test.mjs: now and then > one holds'],
      counts: '4 0',
    })
  })

  test('and one that fails again fails the run', () => {
    expect(runTests({ steady, broken })).toEqual({ status: 1, lines: [], counts: '1 1' })
  })

  test('but a third fails the run, and none is run again', () => {
    const result = runTests({ one: unsteady('one'), two: unsteady('two'), three: unsteady('three') })
    expect(result).toEqual({
      status: 1,
      lines: ['3 files have failed; no more than 2 are run once more.'],
      counts: '3 3',
    })
  })

  test('and what fails beside the tests, as the canary does at the end, fails the run all the same', () => {
    const setup = 'export default () => () => void (process.exitCode = 1)'
    const result = runTests({ steady, one: unsteady('one') }, { 'setup.mjs': setup })
    expect(result).toEqual({ status: 1, lines: ['FAILED  tests (exit status 1)'], counts: '2 1' })
  })

  test('also where that happens in the second run alone', () => {
    const setup = `
      import { existsSync } from 'node:fs'
      const isSecond = existsSync('one.mark')
      export default () => () => { if (isSecond) process.exitCode = 1 }`
    const result = runTests({ one: unsteady('one') }, { 'setup.mjs': setup })
    expect(result).toEqual({
      status: 1,
      lines: ['FAILED  one.test.mjs alone (exit status 1)'],
      counts: '2 1',
    })
  })

  test('and so does an error outside the tests', () => {
    const late = "test('holds', () => void Promise.reject(new Error('nobody waits for this')))"
    expect(runTests({ late })).toMatchObject({ status: 1, lines: ['FAILED  tests (exit status 1)'] })
  })
})
