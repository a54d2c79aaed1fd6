import { readFiles } from './source-files.ts'

/*
 * What must hold, by the ids that names of tests begin or end with, and the tests that name them. SECURITY.md has the table.
 */

/** Every requirement in one sentence. */
export const requirements: Record<string, string> = {
  C1: 'Codes come of a cryptographic generator, even over all values, with leading zeros',
  C2: 'Codes, passwords, tokens and keys stand in no table, log, metric or error',
  C3: 'A code lives ten minutes at most, whatever the configuration says',
  C4: 'No caller chooses or influences a code; test recipients have a fixed one until an end date',
  V1: 'A guess is counted before it is compared, and stays counted whatever happens next',
  V2: 'One code succeeds once, however many try at once',
  V3: 'Five tries on six digits, three on five, in parallel as well',
  V4: 'Failures of an address count across codes, purposes, dialects and nodes: ten in a row lock it for a day, thirty in thirty days until somebody unlocks it',
  V5: 'Failed checks of a project and the distinct addresses that one network fails on are limited',
  V6: 'Every door to one secret shares one limit',
  V7: 'Wrong, expired, used, locked and never issued look and last the same, unless a document tells them apart',
  V8: 'Only a text of exactly n digits, spaces and hyphens aside, is looked at',
  V9: 'Code, address, purpose, project and account match together',
  V10: 'The clock of the database alone decides what is valid',
  S1: 'Sends to an address are capped, in its project and over all projects',
  S2: 'Sends of a network without a key are capped, and a forged header changes nothing',
  S3: 'SMS and WhatsApp go to the countries of a project, never to premium numbers',
  S4: 'A prefix that is pumped stops, and somebody is told',
  S5: 'The quota is reserved with the send, exact under concurrency, given back when it fails',
  S6: 'A refused send stores no code, asks no carrier and costs nothing',
  S7: 'An unknown account gets the same answer in the same time, and no message',
  S8: 'One recipient; line breaks, commas and display names are refused before a mailer sees them',
  S9: 'Text of callers is data in every template',
  S10: 'A project may ask keyless senders for a proof of work',
  A1: 'Passwords are hashed with argon2id, as many at once as there are cores, the limiter before the hash',
  A2: 'Passwords have 8 to 256 characters, uncut; the commonest and the own names are refused',
  A3: 'Unknown, disabled, locked and wrong cost the same time; ten wrong passwords lock for 15 minutes',
  A4: 'A reset spends its code, ends every session, tells the owner and logs nobody in',
  A5: 'A registration of somebody else does not survive the proof of the owner',
  A6: 'A code that went to one address opens no account by another field',
  A7: 'Outside development there is no account that nobody made',
  T1: 'Tokens are minted from a consumed proof or a checked password alone',
  T2: 'Access tokens live ten minutes, with pinned algorithm and claims; no forged one passes',
  T3: 'Refresh tokens are spent at every use; one that comes back ends its session',
  T4: 'Logout, reset and disable hold on every node within a second, and after a restart',
  T5: 'No kind of token, key or code passes for another',
  K1: 'A key of one project touches nothing of another',
  K2: 'API keys are stored as hashes, shown once, have scopes and an end, and are revoked within a second',
  K3: 'A busy project does not slow a quiet one',
  H1: 'Nothing that a caller sends is a 5xx, and every answer is a documented one',
  H2: 'What holds a code, a token or personal data is kept by no cache',
  H3: 'Links come of `PUBLIC_URL`, never of `Host`',
  H4: 'Calls of ours reach no private network, follow no redirect and end in time',
  L1: 'Every change is recorded once, addresses masked in logs',
  'Production refuses':
    'Missing, default or short secrets, development in public, codes for anyone, test recipients for ever, plain SMTP',
  I1: 'Whatever is killed: one code, one success',
  I2: 'Whatever is killed: no guess beyond the limits',
  I3: 'Whatever is killed: every accepted send ends as delivered, expired or failed',
  I4: 'Whatever is killed: nothing leaves after expiry, and duplicates carry the same code',
  I5: 'Whatever is killed: the quota is exact',
  I6: 'Whatever is killed: what was revoked stays revoked',
  I7: 'Whatever is killed: no row of another project',
  I8: 'Whatever is killed: no secret in any sink',
  I9: 'Whatever is killed: 503 with `Retry-After`, never a hang',
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

/** The tests of each id, as their names stand in the files, also in tables of `test.each` and of races. */
export function testsById(): Map<string, NamedTest[]> {
  const byId = new Map<string, NamedTest[]>(Object.keys(requirements).map((id) => [id, []]))
  // Those that come through the front door are told first: their names say all, without the group around them.
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

/** What became of a requirement in a whole run, as it stands in SECURITY.md. */
export type Results = ReadonlyMap<string, string>

const table = /\| Id \| What must hold[\s\S]*?\n(?=\n)/

/** The results that a page tells. */
export const resultsOf = (page: string): Results =>
  new Map(
    [...(table.exec(page)?.[0] ?? '').matchAll(/^\| ([\w ]+) \|.*\| (passed|failed|not run) \|$/gm)].map(
      ([, id = '', result = '']) => [id, result],
    ),
  )

/** The page with the table of today's tests, and these results. */
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

/** Without ids, and with an ellipsis for what a table of tests fills in. */
const readable = (name: string): string =>
  name
    .replace(/^(?:[A-Z]\d{1,2}[, ]*)+:? /, '')
    .replace(/ \((?:[A-Z]\d{1,2}(?:, )?)+\)$/, '')
    .replace(/\$\{[^}]*\}|\$\w+|%[sdij]/g, '…')
    .replaceAll('|', '\\|')
