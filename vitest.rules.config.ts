import { defineConfig } from 'vitest/config'

/** The tests of the rules alone, which need no database: those that mutants are judged by. */
export default defineConfig({
  test: { include: ['server/src/{domain,engine,tokens}/**/*.test.ts'] },
})
