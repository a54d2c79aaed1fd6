import type { InboxEntry, ReadInbox } from '../delivery/inbox.ts'
import { parseEmailAddress } from '../domain/address.ts'
import type { Page } from '../http/app.ts'

/**
 * `/dev/inbox?to=…`: what was sent, newest first, as JSON for programs and as a page for people. Development only: it
 * shows codes to whoever reaches it.
 */
export function createInboxPages(readInbox: ReadInbox): Page[] {
  return [
    {
      path: '/dev/inbox',
      async respond({ query, headers }) {
        const to = addressOf((query as Record<string, unknown>).to)
        const entries = await readInbox(to)
        if (!String(headers.accept ?? '').includes('text/html')) {
          return {
            status: 200,
            contentType: 'application/json; charset=utf-8',
            text: JSON.stringify(entries),
          }
        }
        return {
          status: 200,
          contentType: 'text/html; charset=utf-8',
          text: renderPage(entries, to),
          headers: {
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
          },
        }
      },
    },
  ]
}

/** E-mail as we keep it; a phone as it stands, where a `+` that a browser read as a blank is one again. */
function addressOf(to: unknown): string | null {
  if (typeof to !== 'string' || to === '') return null
  return parseEmailAddress(to) ?? to.replace(/^ /, '+')
}

function renderPage(entries: InboxEntry[], to: string | null): string {
  const title = to === null ? 'Inbox' : `Inbox of ${to}`
  const messages =
    entries.length === 0 ? '<p class="empty">No message yet. Send a code, then reload.</p>' : ''
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Watchword</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; }
  article { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0; }
  header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
  header a { font-weight: 600; color: inherit; overflow-wrap: anywhere; }
  small { opacity: .75; }
  .code { font: 600 2rem/1.2 ui-monospace, monospace; letter-spacing: .15em; margin: .5rem 0; user-select: all; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .5rem 0 0; }
  .empty { opacity: .75; }
</style>
<h1>${escapeHtml(title)}</h1>
<p>Every message of this development server is caught here and sent to nobody. <a href="/dev/inbox">All messages</a> · <a href="/docs">The APIs</a></p>
${messages}${entries.map(renderEntry).join('\n')}
</html>
`
}

const renderEntry = (entry: InboxEntry): string => `<article>
  <header>
    <a href="/dev/inbox?to=${encodeURIComponent(entry.to)}">${escapeHtml(entry.to)}</a>
    <small>${entry.channel} · <time datetime="${entry.createdAt.toISOString()}">${entry.createdAt.toISOString().slice(0, 19).replace('T', ' ')} UTC</time></small>
  </header>
  ${entry.code === null ? '' : `<p class="code">${escapeHtml(entry.code)}</p>`}
  ${entry.subject === null ? '' : `<strong>${escapeHtml(entry.subject)}</strong>`}
  <pre>${escapeHtml(entry.text)}</pre>
</article>`

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
