import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/{src,test}/**/*.test.ts', 'client/{src,test}/**/*.test.ts'],
    globalSetup: 'server/test/harness/global-setup.ts',
    setupFiles: 'server/test/security/canary/keep-watched.ts',
    reporters: ['default', './server/test/repository/requirements-reporter.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
})
