import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/*
 * Three projects, by what their tests need (docs/decisions/tests.md). `npm run test:fast` is the first and part of the
 * second, `npm test` is all.
 */

/** They only bound how long a failure takes. */
const timeouts = { testTimeout: 90_000, hookTimeout: 90_000 }

/** What tests of servers need: one PostgreSQL for the run, and what they leave behind written down. */
const withServers = {
  ...timeouts,
  globalSetup: 'server/test/harness/global-setup.ts',
  setupFiles: 'server/test/security/canary/keep-watched.ts',
}

export default defineConfig({
  test: {
    // One of two files waits while the other computes, so none of the processors is left out. All workers share one
    // PostgreSQL, which has connections for four.
    maxWorkers: Math.min(availableParallelism(), 4),
    reporters: ['default', './server/test/repository/requirements-reporter.ts'],
    projects: [
      {
        // Rules and codecs, beside their source. Nothing that they share can change, so that files share their imports.
        test: { ...timeouts, name: 'unit', include: ['{server,client}/src/**/*.test.ts'], isolate: false },
      },
      {
        // Through the front door, in this process. The imported server is the same for all files of a worker.
        test: {
          ...withServers,
          name: 'api',
          include: ['{server,client}/test/**/*.test.ts'],
          exclude: ['server/test/slow/**'],
          isolate: false,
        },
      },
      {
        // Processes, kills, races, sequences by chance, and the product's own times.
        test: { ...withServers, name: 'slow', include: ['server/test/slow/**/*.test.ts'] },
      },
    ],
  },
})
