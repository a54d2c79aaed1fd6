import { readFiles } from './source-files.ts'

/*
 * The security requirements by id, and the tests whose names begin or end with that id. SECURITY.md shows the table.
 */

/** Every requirement in one sentence. */
export const requirements: Record<string, string> = {
  C1: 'Codes come from a cryptographic generator, evenly distributed over all values, with leading zeros',
  C2: 'Codes, passwords, tokens and keys appear in no table, log, metric or error',
  C3: 'A code lives ten minutes at most, whatever the configuration says',
  C4: 'No caller chooses or influences a code; test recipients have a fixed one until an end date',
  V1: 'A guess is counted before it is compared, and stays counted whatever happens next',
  V2: 'A code succeeds once, however many requests try it at the same time',
  V3: 'Six digits allow five attempts, five digits three, in parallel as well',
  V4: 'Failures of an address count across codes, purposes, dialects and nodes: ten in a row lock it for a day, thirty in thirty days until somebody unlocks it',
  V5: 'Failed checks of a project and the distinct addresses that one network fails on are limited',
  V6: 'All routes that check the same secret share one limit',
  V7: 'Wrong, expired, used, locked and never issued codes get the same answer in the same time, unless a document distinguishes them',
  V8: 'Only a text of exactly n digits, ignoring spaces and hyphens, is checked',
  V9: 'A code counts only together with its address, purpose, project and account',
  V10: 'The clock of the database alone decides what is valid',
  S1: 'Sends to an address are capped, in its project and over all projects',
  S2: 'Sends of a network without a key are capped, and a forged header changes nothing',
  S3: 'SMS and WhatsApp go to the countries of a project, never to premium numbers',
  S4: 'Sends to a pumped prefix stop, and an alert is raised',
  S5: 'The quota is reserved with the send, exact under concurrency, and returned when the send fails',
  S6: 'A refused send stores no code, calls no carrier and costs nothing',
  S7: 'An unknown account gets the same answer in the same time, and no message',
  S8: 'A send has one recipient; line breaks, commas and display names are refused before a mailer sees them',
  S9: 'Text from callers is data in every template',
  S10: 'A project may require a proof of work from senders without a key',
  D5: 'Queues take turns, and what one connection or one network has open is bounded',
  A1: 'Passwords are hashed with argon2id, at most one per core at a time, after the limits are checked',
  A2: 'Passwords have 8 to 256 characters and are not truncated; the most common and the owner’s names are refused',
  A3: 'Unknown, disabled, locked and wrong take the same time; ten wrong passwords lock for 15 minutes',
  A4: 'A reset spends its code, ends every session, notifies the owner and logs nobody in',
  A5: 'No password, name or session of somebody else’s registration survives the owner’s proof; it costs nobody a code',
  A6: 'A code sent to one address opens no account through another field',
  A7: 'Outside development no account exists by default',
  T1: 'Tokens are issued only for a consumed proof or a checked password',
  T2: 'Access tokens live ten minutes, with pinned algorithm and claims; no forged one passes',
  T3: 'A refresh token is spent at every use; one that is used again ends its session',
  T4: 'Logout, reset and disable take effect on every node within a second, and survive a restart',
  T5: 'No kind of token, key or code is accepted as another',
  K1: 'A key of one project reaches nothing of another',
  K2: 'API keys are stored as hashes, shown once, have scopes and an expiry, and are revoked within a second',
  K3: 'A busy project does not slow a quiet one',
  H1: 'Nothing that a caller sends causes a 5xx, and every answer is documented',
  H2: 'Answers with a code, a token or personal data are never cached',
  H3: 'Links are made from `PUBLIC_URL`, never from `Host`',
  H4: 'Outgoing calls reach no private network, follow no redirect and time out',
  L1: 'Every change is recorded once; addresses are masked in logs',
  'Production refuses':
    'Missing, default or short secrets, development in public, codes for anyone, test recipients without an end, plain SMTP',
  I1: 'Whatever is killed: a code succeeds once',
  I2: 'Whatever is killed: no guess exceeds the limits',
  I3: 'Whatever is killed: every accepted send ends as delivered, expired or failed',
  I4: 'Whatever is killed: nothing is sent after expiry, and duplicates carry the same code',
  I5: 'Whatever is killed: the quota is exact',
  I6: 'Whatever is killed: what was revoked stays revoked',
  I7: 'Whatever is killed: no row refers to another project',
  I8: 'Whatever is killed: no secret is left in any sink',
  I9: 'Whatever is killed: requests get 503 with `Retry-After` and never hang',
  I10: 'Whatever is killed: each change is on record once',
}

/** The ids that a name begins with (`V1, V3: …`, `I1 I2: …`) or ends with (`… (S8, S9)`). */
export function idsIn(name: string): string[] {
  if (/^production refuses /i.test(name)) return ['Production refuses']
  const written =
    /^((?:[A-Z]\d{1,2}[, ]+)*[A-Z]\d{1,2}):? /.exec(name)?.[1] ??
    /\(((?:[A-Z]\d{1,2}(?:, )?)+)\)$/.exec(name)?.[1] ??
    ''
  return written.split(/[, ]+/).filter((id) => id !== '')
}

export type NamedTest = { file: string; name: string }

/** The tests of each id, by their names in the files, including tables of `test.each` and of races. */
export function testsById(): Map<string, NamedTest[]> {
  const byId = new Map<string, NamedTest[]>(Object.keys(requirements).map((id) => [id, []]))
  // Tests of the HTTP API come first: their names are complete without the group around them.
  const files = [
    ...readFiles(
      'server/test',
      (path) => path.endsWith('.ts') && !path.startsWith('server/test/repository/'),
    ),
    ...readFiles('server/src', (path) => path.endsWith('.test.ts')),
  ]
  for (const { path, text } of files) {
    const file = path.replace(/^server\/(test\/)?/, '')
    for (const { 2: name = '', index } of text.matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g)) {
      const isSaid = /(console\.\w+|expectBelow)\(\s*$/.test(text.slice(Math.max(0, index - 40), index))
      if (!isSaid) for (const id of idsIn(name)) byId.get(id)?.push({ file, name })
    }
  }
  return byId
}

/** The result of each requirement in a whole run, as SECURITY.md shows it. */
export type Results = ReadonlyMap<string, string>

const table = /\| Id \| What must hold[\s\S]*?\n(?=\n)/

/** The results that a page shows. */
export const resultsOf = (page: string): Results =>
  new Map(
    [...(table.exec(page)?.[0] ?? '').matchAll(/^\| ([\w ]+) \|.*\| (passed|failed|not run) \|$/gm)].map(
      ([, id = '', result = '']) => [id, result],
    ),
  )

/** The page with the table of the current tests, and these results. */
export function withRequirements(page: string, results: Results): string {
  const rows = [...testsById()].map(([id, tests]) => {
    const shown = tests.slice(0, 2).map(({ file, name }) => `${readable(name)} (\`${file}\`)`)
    const listed = tests.length > 2 ? [...shown, 'and more'] : shown
    return `| ${id} | ${requirements[id]} | ${listed.join('; ')} | ${results.get(id) ?? 'not run'} |`
  })
  const rendered = [
    '| Id | What must hold | Tests | Result |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
  return page.replace(table, () => rendered)
}

/** A test's name without its ids, and with an ellipsis for what a table of tests fills in. */
const readable = (name: string): string =>
  name
    .replace(/^(?:[A-Z]\d{1,2}[, ]*)+:? /, '')
    .replace(/ \((?:[A-Z]\d{1,2}(?:, )?)+\)$/, '')
    .replace(/\$\{[^}]*\}|\$\w+|%[sdij]/g, '…')
    .replaceAll('|', '\\|')
