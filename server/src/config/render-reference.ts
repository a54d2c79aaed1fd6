import type { FileKey } from '../domain/mount-option.ts'
import { type DialectShape, fileKeys, fileKeysOf, mountKeysOf, optionsOf } from './file-keys.ts'
import { type Setting, settings } from './settings.ts'

/*
 * The reference and the sample file come from the same tables that read the configuration, so they cannot fall behind.
 * `node server/dist/composition/write-reference.js` writes them; a test compares them.
 */

/** `docs/configuration.md`. */
export function renderReference(dialects: readonly DialectShape[]): string {
  return `# Configuration

<!-- Generated from server/src/config: change the tables there, then run node server/dist/composition/write-reference.js -->

After this page you can set every option of the server, and tell why production refuses to start.

Without any configuration \`npm start\` gives a working server on loopback, with a database of its own and an inbox that
shows every code. \`watchword serve\` is production: it refuses unsafe settings, and reports every issue in one message.

## Environment

Each variable may also be given as \`NAME_FILE\`, the path of a file that holds the value: for secrets that a platform
mounts. An empty variable counts as not set. A \`WATCHWORD_…\` variable that is not listed here stops the start,
except for those that Kubernetes sets for a Service of that name.
\`OTEL_*\` variables belong to OpenTelemetry.

| Name | What it says | Expected | Default |
| --- | --- | --- | --- |
${Object.entries(settings).map(renderSetting).join('\n')}

## The file

\`WATCHWORD_CONFIG\` names a YAML file, such as [watchword.sample.yaml](watchword.sample.yaml). Unknown keys stop the start.

| Key | What it says | Expected | Default |
| --- | --- | --- | --- |
${Object.entries(fileKeysOf(dialects)).map(renderKey).join('\n')}

Each mount has:

| Key | What it says | Expected | Default |
| --- | --- | --- | --- |
${Object.entries(mountKeysOf(dialects)).map(renderKey).join('\n')}

Each carrier has a \`kind\` and the settings of that kind; [carriers.md](carriers.md) lists them. A text that is
\`\${NAME}\`, and nothing else, stands for the environment variable \`NAME\`, or for the content of the file whose path is in
\`NAME_FILE\`, so the file need not hold secrets. Phone numbers and ids that consist of digits need quotes, because YAML
drops the \`+\` of a number.

\`\`\`yaml
carriers:
  twilio:
    kind: twilio-sms
    accountSid: AC00000000000000000000000000000000
    authToken: \${TWILIO_AUTH_TOKEN}
    sender: "+14155550100"
  gateway:
    kind: webhook
    url: \${GATEWAY_URL}
routes:
  sms: [twilio, gateway]
\`\`\`

A route may say more about a carrier than its name: for which countries or number prefixes it is, and a weight by which
it shares messages with its neighbours. [routing.md](routing.md) explains these, and prices.

\`\`\`yaml
routes:
  sms:
    - {carrier: gateway, to: [CI, SN, "+22507"]}
    - {carrier: twilio, weight: 3}
    - {carrier: gateway, weight: 1}
currency: EUR
prices:
  twilio: {CI: 0.0795, other: 0.05}
  gateway: 0.031
\`\`\`

A channel without a route is served by every carrier that can, those of the file first, in their order there.

## What production refuses

- no \`WATCHWORD_SECRET\`, one under 32 bytes, or one from an example; the same for the previous one and \`WATCHWORD_ADMIN_TOKEN\`, if set
- a \`PUBLIC_URL\` that is not https, unless it is loopback; none at all when \`HOST\` is not loopback
- an entry of a mount's \`origins\` that is plain http, unless it is loopback
${optionsOf(dialects)
  .map(({ option }) => option.refusals)
  .join('\n')}
- options in \`SMTP_URL\` that ask for plain text; only \`SMTP_ALLOW_PLAINTEXT=true\` turns TLS off
- a route to a carrier that is not configured, and the inbox

Both modes refuse an origin that is \`*\` or not spelt as a browser sends it, an unknown carrier or kind, a setting that is missing, unknown or of the wrong form, and a carrier on a
channel that it does not serve.

Development also refuses a \`HOST\` that others can reach.

## Pages of other origins

A browser lets a page call a mount, and read its answers, if the page's origin is in the mount's \`origins\`. Every answer
of the mount then has \`Vary: Origin\`, and for a listed origin \`Access-Control-Allow-Origin\`, errors included. A page may
send the headers that the routes of the mount read, and read \`Retry-After\`, \`X-Request-Id\` and the headers that the
routes document, such as \`RateLimit\`. Cookies play no part. The admin API, the receipts of carriers and the pages of the
server have no origins.

\`\`\`yaml
mounts:
  - dialect: ${keylessOf(dialects)}
    project: PRJ_abc123def456
    origins: [https://app.example.com, capacitor://localhost]
\`\`\`

An origin opens nothing by itself, and keeps out no program that is not a browser. An API key in a page is known to everyone
who opens the page: call APIs with keys from your own server.

## The life of sessions

A session lives as long as the mount that opened it says, wherever its tokens are refreshed. Nodes read the file at their
start. A shorter life then holds for the sessions that the mount has opened before, and a longer one for new sessions only.
An access token never outlives its session: \`expiresIn\` says how long it really lives. Its ten minutes can be shortened and
not extended, because others who check it by the public keys do not hear of a logout.

## Proxies

\`TRUST_PROXY\` is the number of reverse proxies of your own that a request passes. The caller's address is then the entry
of \`X-Forwarded-For\` that the outermost of them wrote, counted from the right; what a caller writes before it has
no effect. Too high a number lets callers choose their address; too low a number makes all of them one caller.

Where the number differs from request to request, name networks: \`TRUST_PROXY=10.0.0.0/8,fd00::/8\`. Then the header counts
only in requests that come from these networks, and the caller is the last entry that is not in them. Name no network in which
others than your proxies have addresses.

The first request whose \`X-Forwarded-For\` or \`Forwarded\` is ignored is logged as \`forwarding-ignored\`, with the address
that it came from. With \`LOG_LEVEL=debug\` the line of each request says in \`network\` what was taken for the caller.

In production \`/metrics\` answers only \`Authorization: Bearer\` with \`WATCHWORD_ADMIN_TOKEN\`. Loopback needs no token
where nothing stands in front of the server: \`TRUST_PROXY\` is 0 and \`PUBLIC_URL\` is loopback or unset.
`
}

/** `docs/watchword.sample.yaml`: every key, with its sentence above it. */
export function renderSample(dialects: readonly DialectShape[]): string {
  const about = ({ sentence, expected, default: defaultText }: FileKey, indent: string) =>
    [sentence, `Expected: ${expected}.`, `Default: ${defaultText}.`]
      .map((line) => `${indent}# ${line}`)
      .join('\n')
  const keys = mountKeysOf(dialects)
  const keyed = dialects.find(({ projectNamedIn }) => projectNamedIn !== null)
  return `# Generated from server/src/config. Name this file with WATCHWORD_CONFIG.

${about(fileKeysOf(dialects).mounts, '')}
mounts:
${about(keys.dialect, '  ')}
  - dialect: ${keyed?.name}

  - dialect: ${keylessOf(dialects)}
${about(keys.project, '    ')}
    project: PRJ_abc123def456
${about(keys.prefix, '    ')}
    prefix: /shop
${about(keys.origins, '    ')}
    origins: [https://app.example.com]
${about(keys.sessions, '    ')}
    sessions: {accessTokenSeconds: 300, idleSeconds: 1800, lifeSeconds: 43200}

${optionsOf(dialects)
  .map(
    ({ dialect, option }) => `  - dialect: ${dialect}
    project: PRJ_abc123def456
${option.sample((key) => about(key, '    '))}
`,
  )
  .join('\n')}
${about(fileKeys.carriers, '')}
# carriers:
#   mailgun:
#     kind: mailgun-email
#     domain: mg.example.com
#     apiKey: \${MAILGUN_SENDING_KEY}
#     from: Example <codes@example.com>

${about(fileKeys.routes, '')}
routes:
  email: [smtp]
  sms: [webhook]
  whatsapp: [webhook]

${about(fileKeys.currency, '')}
# currency: EUR

${about(fileKeys.prices, '')}
# prices:
#   mailgun: 0.0008
`
}

/** A dialect whose mount names the project, for examples. */
const keylessOf = (dialects: readonly DialectShape[]): string | undefined =>
  dialects.find(({ projectNamedIn }) => projectNamedIn === null)?.name

function renderSetting([name, entry]: [string, Setting<unknown>]): string {
  const { sentence, expected, example, default: defaultText, defaultNote } = entry
  const shown = defaultText === null ? (defaultNote ?? 'none') : `\`${defaultText}\``
  return renderRow([`\`${name}\``, sentence, `${expected}, such as \`${example}\``, shown])
}

const renderKey = ([name, { sentence, expected, example, default: defaultText }]: [
  string,
  FileKey,
]): string => renderRow([`\`${name}\``, sentence, `${expected}, such as \`${example}\``, defaultText])

const renderRow = (cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
