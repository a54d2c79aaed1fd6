import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import { idsIn, requirements, resultsOf, withRequirements } from './requirements.ts'
import { root } from './source-files.ts'

const page = join(root, 'SECURITY.md')

/**
 * Prints the result of each security requirement and its tests at the end of a whole run. If SECURITY.md differs, the
 * run fails; with `-u` the page is written.
 */
export default class RequirementsReporter implements Reporter {
  private isUpdate = false

  onInit({ config }: Vitest): void {
    this.isUpdate = config.snapshotOptions.updateSnapshot === 'all'
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const byId = new Map<string, TestCase[]>(Object.keys(requirements).map((id) => [id, []]))
    for (const module of modules)
      for (const test of module.children.allTests())
        for (const id of new Set(namesOf(test).flatMap(idsIn))) byId.get(id)?.push(test)
    // A run of some tests says nothing about what the others prove.
    if ([...byId].some(([, tests]) => tests.length === 0)) return

    const resultOf = (tests: TestCase[]) =>
      tests.every((test) => test.result().state === 'passed') ? 'passed' : 'failed'
    const results = new Map([...byId].map(([id, tests]) => [id, resultOf(tests)]))
    const lines = [...byId].map(([id, [first, ...others]]) => {
      const where = first === undefined ? '' : `${first.name} (${first.module.relativeModuleId})`
      return `${id}: ${results.get(id)}: ${where}${others.length > 0 ? ` and ${others.length} more` : ''}`
    })
    console.log(`\nSecurity requirement → result, tests\n${lines.join('\n')}`)

    const text = readFileSync(page, 'utf8')
    if (this.isUpdate) {
      writeFileSync(page, withRequirements(text, results))
      return
    }
    // A requirement that is new on the page has no result to compare.
    const told = [...resultsOf(text)].filter(([, result]) => result !== 'not run')
    // A failed file fails the run by itself, unless it passes when it runs once more (.ci/run-tests.mjs).
    const isExplained = (id: string) =>
      (byId.get(id) ?? []).every((test) => test.result().state === 'passed' || !test.module.ok())
    const wrong = told
      .filter(([id, result]) => results.get(id) !== result)
      .map(([id]) => id)
      .filter((id) => results.get(id) === 'passed' || !isExplained(id))
    if (wrong.length === 0) return
    process.exitCode = 1
    console.error(`SECURITY.md tells other results of ${wrong.join(', ')}. A whole run with -u writes them.`)
  }
}

/** The name of a test and those of its groups. */
function namesOf(test: TestCase): string[] {
  const names = [test.name]
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) names.push(parent.name)
  return names
}
