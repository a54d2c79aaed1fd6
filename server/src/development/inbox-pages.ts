import { createHash } from 'node:crypto'
import Type from 'typebox'
import { channels, parseAddress } from '../domain/address.ts'
import { escapeHtml } from '../http/escape-html.ts'
import type { Page } from '../http/page.ts'

/** A caught message, as far as its page shows it; programs get all of it. */
export type CaughtMessage = {
  channel: string
  to: string
  subject: string | null
  text: string
  code: string | null
  createdAt: Date
}

/** The caught messages, newest first: of one address if it is given, and at most as many as asked for. */
export type ReadMessages = (to: string | null, limit?: number) => Promise<CaughtMessage[]>

const textOrNull = Type.Union([Type.String(), Type.Null()])

const messageSchema = Type.Object(
  {
    id: Type.String({ description: 'Of the code or notice, as webhooks and the audit name it.' }),
    channel: Type.Union(channels.map((channel) => Type.Literal(channel))),
    to: Type.String(),
    subject: textOrNull,
    text: Type.String(),
    html: textOrNull,
    code: textOrNull,
    createdAt: Type.String({ format: 'date-time' }),
    verifiedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When the code was spent.',
    }),
  },
  {
    examples: [
      {
        id: '70db37800000f6e5d4c3b2a1',
        channel: 'sms',
        to: '+255712345678',
        subject: null,
        text: '123456 is your My shop code. It expires in 5 minutes. Never share it.',
        html: null,
        code: '123456',
        createdAt: '2030-01-31T08:00:00.000Z',
        verifiedAt: null,
      },
    ],
  },
)

/**
 * `/dev/inbox?to=…`: what was sent, newest first, as JSON for programs and as a page for people. Development only: it
 * shows codes to everyone who reaches it.
 */
export const createInboxPages = (readMessages: ReadMessages): Page[] => [
  {
    path: '/dev/inbox',
    title: 'Inbox',
    described: {
      access: 'public',
      summary: 'What was sent in the last day, newest first',
      description: 'Development only: it shows codes. To who accepts `text/html` it is a page.',
      query: Type.Object({
        to: Type.Optional(
          Type.String({ description: 'Only what was sent to this e-mail address or phone number.' }),
        ),
        limit: Type.Optional(Type.String({ description: 'At most so many of the newest, from 1 to 1000.' })),
      }),
      answers: {
        200: {
          description: 'The messages.',
          schema: Type.Array(messageSchema),
          otherMediaTypes: ['text/html'],
        },
      },
    },
    async respond({ query, headers }) {
      const asked = query as Record<string, unknown>
      const to = addressOf(asked.to)
      const messages = await readMessages(to, limitOf(asked.limit))
      return String(headers.accept ?? '').includes('text/html')
        ? {
            status: 200,
            contentType: 'text/html; charset=utf-8',
            text: renderPage(messages, to),
            headers: { 'content-security-policy': policy },
          }
        : {
            status: 200,
            contentType: 'application/json; charset=utf-8',
            text: JSON.stringify(messages),
          }
    },
  },
]

/** What is no number from 1 on asks for all. */
const limitOf = (limit: unknown): number | undefined =>
  typeof limit === 'string' && /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : undefined

/** An address as we store it, with a `+` again where a browser read it as a blank. */
function addressOf(to: unknown): string | null {
  if (typeof to !== 'string' || to.trim() === '') return null
  const text = to.replace(/^ (?=\d)/, '+').trim()
  return parseAddress(text) ?? text
}

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; --line: #8886; --soft: #8881; --dim: #595959 }
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere }
p { margin: .4rem 0 }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 1rem 0 }
input, button { font: inherit; padding: .35rem .7rem; border: 1px solid #767676; border-radius: .4rem }
input { flex: 1 1 12rem; min-width: 0 }
ol { list-style: none; margin: 0; padding: 0 }
li { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1.1rem; margin: .8rem 0 }
h2 { display: inline; font-size: 1rem; margin: 0 .75rem 0 0; overflow-wrap: anywhere }
.dim { color: var(--dim) }
h2 + .dim { display: inline-block }
.code { font: 600 2rem/1.2 ui-monospace, monospace; letter-spacing: .15em; margin: .4rem 0; user-select: all }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .4rem 0 0 }
summary { cursor: pointer }
details pre { background: var(--soft); border-radius: .4rem; padding: .6rem .8rem }
:focus-visible { outline: 3px solid #4c8dff; outline-offset: 2px }
@media (prefers-color-scheme: dark) { :root { --dim: #b4b4b4 } a { color: #8ab8ff } }
`

// A message holds text of callers, so nothing in the page may run or be loaded; its only form requests this page again.
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

function renderPage(messages: CaughtMessage[], to: string | null): string {
  const title = to === null ? 'Inbox' : `Inbox of ${to}`
  const list =
    messages.length === 0
      ? `<p>No message${to === null ? '' : ' to this address'} in the last 24 hours. Send a code, then reload.</p>`
      : `<ol>\n${messages.map(renderMessage).join('\n')}\n</ol>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Watchword</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="dim">This development server shows its messages here. It sends them to nobody, unless a carrier is configured.</p>
<nav aria-label="Pages">${to === null ? '' : '<a href="/dev/inbox">All messages</a> · '}<a href="/docs">The APIs</a></nav>
<form role="search" action="/dev/inbox">
<label for="to">E-mail or phone</label>
<input id="to" name="to" value="${escapeHtml(to ?? '')}" placeholder="user@example.com" autocomplete="off">
<button>Show</button>
</form>
</header>
<main>
${list}
</main>
</body>
</html>
`
}

const channelNames: Record<string, string> = {
  email: 'E-mail',
  sms: 'SMS',
  whatsapp: 'WhatsApp',
  voice: 'Call',
}

function renderMessage({ channel, to, subject, text, code, createdAt }: CaughtMessage): string {
  const moment = createdAt.toISOString()
  const shownMoment = `${moment.slice(0, 19).replace('T', ' ')} UTC`
  const words = `<pre>${escapeHtml(text)}</pre>`
  return `<li>
<h2><a href="/dev/inbox?to=${encodeURIComponent(to)}">${escapeHtml(to)}</a></h2>
<span class="dim">${escapeHtml(channelNames[channel] ?? channel)} · <time datetime="${moment}">${shownMoment}</time></span>
${code === null ? '' : `<p class="code">${escapeHtml(code)}</p>`}
${subject === null ? words : `<details${code === null ? ' open' : ''}><summary>${escapeHtml(subject)}</summary>${words}</details>`}
</li>`
}
