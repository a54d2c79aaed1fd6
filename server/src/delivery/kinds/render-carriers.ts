import { messageLocales } from '../../domain/locale.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { CarrierKind } from './carrier-kind.ts'

/*
 * `docs/carriers.md` is generated from the kinds, so it stays current. `node
 * server/dist/composition/write-reference.js` writes it; a test compares it.
 */

/** `docs/carriers.md`. */
export function renderCarriers(kinds: readonly CarrierKind[], purposes: readonly Purpose[]): string {
  const reset = purposes.find(({ use }) => use === 'password-reset')
  const rows = kinds.map(
    ({ kind, channels, guide }) =>
      `| [\`${kind}\`](#${anchorOf(guide.title)}) | ${guide.title} | ${channels.join(', ')} |`,
  )
  return `# Carriers

<!-- Generated from server/src/delivery: change the kinds there, then run node server/dist/composition/write-reference.js -->

After this page you can connect your mail server, your SMS gateway or your provider, and see a message leave.

A carrier delivers messages. The file that \`WATCHWORD_CONFIG\` names configures any number of them, each with a name of its
own. Its routes list the carriers of each channel in the order in which they are tried:

\`\`\`yaml
carriers:
  orange:
    kind: orange-sms
    clientId: abcdEFGH1234abcdEFGH1234abcdEFGH
    clientSecret: \${ORANGE_CLIENT_SECRET}
    senderAddress: "+2250000"
  twilio:
    kind: twilio-sms
    accountSid: AC00000000000000000000000000000000
    authToken: \${TWILIO_AUTH_TOKEN}
    sender: MG00000000000000000000000000000000
routes:
  sms: [orange, twilio]
\`\`\`

[configuration.md](configuration.md) describes how secrets stay out of the file, and what the environment configures without one.

\`watchword carriers set\` or \`PUT /admin/v1/carriers/{name}\` adds carriers to running servers, with the same kinds and
settings; they are encrypted with the master secret. Routes of projects can name them like any other. A channel for which the
configuration has no carrier uses all of them that serve it. [receipts.md](receipts.md) describes how reports come in.

| Kind | | Channels |
| --- | --- | --- |
${rows.join('\n')}

## What an answer means

The next carrier is asked at once after a refusal, and after ten seconds when nobody knows what became of the message.

| The provider | The message |
| --- | --- |
| refuses the number, its owner has left, or the text cannot be sent | has failed when every carrier of the route says so |
| cannot reach this person just now: a full mailbox, a phone that is off, too many messages to one number | is tried again later; it does not count against the carrier |
| is throttling, failing or unreachable | is tried again later, no sooner than the provider asks |
| refuses us: login, credit, suspended account, a sender or template that is not ours | is tried again later; \`carrier.account-refused\` is logged as an error, at most once a minute |
| takes the message and does not answer, or answers with an undocumented success | may arrive: the next carrier sends the same code once more, only after a pause |

Requests use verified TLS, follow no redirects, and take at most five seconds to connect and ten in all. Answers are cut at
one mebibyte. Codes, whole addresses and logins are removed from what a provider says before it is logged or stored.

## Templates

Some providers write the text themselves, from templates that they have approved (\`msg91-sms\`, \`meta-whatsapp\`,
\`twilio-whatsapp\`). A message uses the first of these that the carrier has: the template of its purpose and language, the
\`default\` of its purpose, the template of its language, the default template.

\`\`\`yaml
carriers:
  whatsapp:
    kind: meta-whatsapp
    phoneNumberId: "106540352242922"
    accessToken: \${WHATSAPP_ACCESS_TOKEN}
    template: sign_in_code
    templates: {fr: code_de_connexion}
    purposes:
      ${reset?.name}: {default: reset_code, fr: code_de_reinitialisation}
\`\`\`

Languages are those that messages are written in: ${messageLocales.join(', ')}. A request for \`pt-BR\` gets \`pt\`. A
purpose, language or template that is not valid is refused at the start, and when a carrier is set, with its path.

${kinds.map(renderKind).join('\n')}`
}

function renderKind({ kind, channels, settings, guide, receipts }: CarrierKind): string {
  const { title, setup, delivered, source } = guide
  const required: readonly string[] = settings.required ?? []
  const rows = Object.entries(settings.properties).flatMap(([key, schema]) =>
    renderSetting(key, schema, required.includes(key)),
  )
  const table = ['| Setting | Meaning | Expected | Default |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
  return `## ${title}

\`kind: ${kind}\`, for ${channels.join(', ')}.${source === null ? '' : ` Follows <${source}>.`}

${rows.length === 0 ? 'It has no settings.' : table}

${setup.map((sentence) => `- ${sentence}`).join('\n')}

**Delivered:** ${delivered}
${receipts === undefined ? '' : `\n**Reports:** ${receipts.setup.join(' ')} Checked by: ${lowerFirst(receipts.checked)}\n`}`
}

type Documented = {
  description?: string
  expected?: string
  example?: string
  default?: unknown
  secret?: boolean
  /** Its keys are many and alike, and `expected` describes them. */
  isMap?: boolean
  properties?: Record<string, object>
  required?: readonly string[]
}

function renderSetting(key: string, schema: Documented, isRequired: boolean): string[] {
  const { description = '', expected = '', example = '', default: defaultValue, required = [] } = schema
  const properties = schema.isMap ? {} : (schema.properties ?? {})
  const secretly = schema.secret ? ' Secret.' : ''
  const shown = defaultValue === undefined ? (isRequired ? '**required**' : 'none') : `\`${defaultValue}\``
  return [
    renderRow([`\`${key}\``, `${description}${secretly}`, `${expected}, such as \`${example}\``, shown]),
    ...Object.entries(properties).flatMap(([inner, of]) =>
      renderSetting(`${key}.${inner}`, of, required.includes(inner)),
    ),
  ]
}

const renderRow = (cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1)

/** The anchor that Markdown renderers generate for a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
