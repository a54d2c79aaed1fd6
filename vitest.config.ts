import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/*
 * Three projects, by what their tests need (docs/decisions/tests.md). `npm run test:fast` runs the first and part of
 * the second, `npm test` runs all.
 */

/** They only bound how long a failure takes. */
const timeouts = { testTimeout: 90_000, hookTimeout: 90_000 }

/** What tests of servers need: one PostgreSQL for the run, and a record of what they leave behind. */
const withServers = {
  ...timeouts,
  globalSetup: 'server/test/harness/global-setup.ts',
  setupFiles: 'server/test/security/canary/keep-watched.ts',
}

export default defineConfig({
  test: {
    // Files wait for servers, browsers and clocks for more than half of their time, so one more than there are processors keeps
    // these busy. All workers share one PostgreSQL, which has connections for four.
    maxWorkers: Math.min(availableParallelism() + 1, 4),
    reporters: ['default', './server/test/repository/requirements-reporter.ts'],
    projects: [
      {
        // Rules and codecs, beside their source. They share nothing that can change, so their files can share imports.
        test: { ...timeouts, name: 'unit', include: ['{server,client}/src/**/*.test.ts'], isolate: false },
      },
      {
        // Through the public interface, in this process. All files of a worker share the imported server.
        test: {
          ...withServers,
          name: 'api',
          include: ['{server,client}/test/**/*.test.ts'],
          exclude: ['server/test/slow/**'],
          isolate: false,
        },
      },
      {
        // Processes, kills, races, random sequences, and the product's own times.
        test: { ...withServers, name: 'slow', include: ['server/test/slow/**/*.test.ts'] },
      },
    ],
  },
})
