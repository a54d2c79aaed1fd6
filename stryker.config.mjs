/**
 * `npm run test:mutation` mutates the rules below in every way that it knows, one at a time, and runs the tests beside
 * them on each: a mutant that no test notices is a rule that no test protects. docs/decisions/tests.md has the last
 * result.
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.rules.config.ts' },
  mutate: [
    // Sending and checking: what counts against whom, and what an attempt may open.
    'server/src/domain/{judge-send,judge-check,recipient,limit,challenge,code,purpose}.ts',
    'server/src/domain/{counted-caller,pumping,judge-destination,proof-of-work,test-recipient}.ts',
    'server/src/engine/codes/{limits,code-keys,keep-proof}.ts',
    // Proofs, passwords, tokens and keys: what opens a session, and for how long.
    'server/src/domain/{proof,password,session,api-key,secret}.ts',
    'server/src/engine/sessions/{open-session,refresh-session}.ts',
    'server/src/tokens/*.ts',
    '!server/src/**/*.test.ts',
  ],
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'coverage/mutation.html' },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  tempDirName: 'coverage/mutants',
  // Only the sources are copied: neither databases nor tsconfig.json, which Stryker would read with an older compiler.
  ignorePatterns: [
    '/*',
    '!/server',
    '/server/*',
    '!/server/src',
    '!/server/test',
    '!/package.json',
    '!/vitest.rules.config.ts',
  ],
}
