import { defineConfig } from 'vitest/config'

/**
 * Only the tests of the rules, which judge mutants. Not the project `unit`, because each file must load a mutant anew,
 * and Stryker would run any other project that reaches it.
 */
export default defineConfig({
  test: { include: ['server/src/{domain,engine,tokens}/**/*.test.ts'], testTimeout: 90_000 },
})
