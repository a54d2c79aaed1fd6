/**
 * Runs the tests for `.ci/run`, and each file that fails once more, alone: `node .ci/run-tests.mjs FOLDER COMMAND…`.
 *
 * A test that fails and then passes has a flaw of its own, or ran on a busy machine; the change under test is not at
 * fault. It is named (`unsteady: FILE: TEST`) and does not fail the run. More than two such files are not a
 * coincidence: then nothing is run again. COMMAND is vitest with the reporter
 * `server/test/harness/outcome-reporter.ts`; its exit code reports what fails besides the tests, and a second run does
 * not make up for that. The numbers of passed and failed tests go to `FOLDER/counts`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const unsteadyMax = 2

const [folder, program, ...parameters] = process.argv.slice(2)
const outcomeFile = join(folder, 'outcome.json')

const first = runTests()
const suspects = first.files.filter(hasFailed).length
const isWorthMore = first.status === 0 && suspects <= unsteadyMax
const files = isWorthMore ? first.files.map(runOnceMore) : first.files
if (first.status !== 0) console.log(`FAILED  tests (exit status ${first.status})`)
else if (!isWorthMore)
  console.log(`${suspects} files have failed; no more than ${unsteadyMax} are run once more.`)

const passedCount = sum(files.map(({ passed }) => passed))
const failedCount = sum(files.map(countFailed))
const isOk = first.status === 0 && failedCount === 0
writeFileSync(join(folder, 'counts'), `${passedCount} ${isOk ? 0 : Math.max(1, failedCount)}\n`)
process.exitCode = isOk ? 0 : 1

/** The outcome of these files, or of all. A run that wrote no outcome ran no test, and its status says why. */
function runTests(...filters) {
  rmSync(outcomeFile, { force: true })
  const all = [...parameters, `--outputFile=${outcomeFile}`, ...filters]
  const { status, error } = spawnSync(program, all, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined) throw error
  const files = existsSync(outcomeFile) ? JSON.parse(readFileSync(outcomeFile, 'utf8')) : []
  return { files, status: status ?? 1 }
}

/** The outcome that counts for a file: that of its second run, if the first failed. */
function runOnceMore(outcome) {
  if (!hasFailed(outcome)) return outcome
  console.log(`\n${outcome.file} has failed, and is run once more, alone.`)
  const { files, status } = runTests(outcome.file)
  const again = files.find(({ file }) => file === outcome.file) ?? outcome
  if (status !== 0) {
    console.log(`FAILED  ${outcome.file} alone (exit status ${status})`)
    return { ...again, isBroken: true }
  }
  if (hasFailed(again)) return again
  const names = outcome.failed.length === 0 ? ['the file itself'] : outcome.failed
  for (const name of names) console.log(`unsteady: ${outcome.file}: ${name}`)
  return again
}

function hasFailed({ failed, isBroken }) {
  return isBroken || failed.length > 0
}

function countFailed({ failed, isBroken }) {
  return failed.length + (isBroken ? 1 : 0)
}

function sum(counts) {
  return counts.reduce((total, count) => total + count, 0)
}
