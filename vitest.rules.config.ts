import { defineConfig } from 'vitest/config'

/**
 * The tests of the rules alone: those that mutants are judged by. Not the project `unit`, for a mutant is read anew by each
 * file, and Stryker would run whatever other project reaches it.
 */
export default defineConfig({
  test: { include: ['server/src/{domain,engine,tokens}/**/*.test.ts'], testTimeout: 90_000 },
})
