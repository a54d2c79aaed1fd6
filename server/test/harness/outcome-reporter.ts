import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, TestRunEndReason, Vitest } from 'vitest/node'

/** The outcome of a test file. */
export type FileOutcome = {
  file: string
  passed: number
  /** The names of the tests that failed. */
  failed: string[]
  /** Something other than a test failed: the file could not be loaded, or a hook failed. */
  isBroken: boolean
}

/**
 * Writes the outcome of each file into the `outputFile` of the run, for `.ci/run-tests.mjs`, which judges it. The exit code
 * then reports only what is not a test: errors outside tests, the canary, SECURITY.md. Those fail a run even when the
 * failed tests pass in a second run, so this reporter must come before all others that set the code.
 */
export default class OutcomeReporter implements Reporter {
  private outputFile = ''

  onInit({ config: { outputFile } }: Vitest): void {
    if (typeof outputFile !== 'string') throw new Error('Say where the outcome goes: --outputFile=FILE.')
    this.outputFile = outputFile
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    writeFileSync(this.outputFile, JSON.stringify(modules.map(outcomeOf)))
    const isOnlyTests = reason === 'failed' && modules.length > 0 && unhandledErrors.length === 0
    if (isOnlyTests) process.exitCode = 0
  }
}

function outcomeOf(module: TestModule): FileOutcome {
  const failed = [...module.children.allTests('failed')].map(({ fullName }) => fullName)
  return {
    file: module.relativeModuleId,
    passed: [...module.children.allTests('passed')].length,
    failed,
    isBroken: !module.ok() && failed.length === 0,
  }
}
