import { escapeHtml } from '../http/escape-html.ts'
import type { ExampleRequest } from './languages/language.ts'
import type { Reading } from './layout.ts'
import { relativeLink } from './relative-link.ts'
import { renderRequest } from './render-request.ts'
import { renderShortTrial } from './render-trial.ts'

/** A code to send and to check, as development offers it to newcomers. */
export type Trial = {
  to: string
  code: string
  headers: Readonly<Record<string, string>>
  send: { path: string; body: object }
  check: { path: string; body: object }
}

/** The first page of development: a code on its way in three steps, each sent from here or pasted. */
export function renderFirstPage({ trial, url }: { trial: Trial; url: string }): Reading {
  const linkTo = (path: string) => escapeHtml(relativeLink('/', path))
  const to = { name: 'to', label: 'E-mail address', value: trial.to }
  const code = { name: 'code', label: 'Code', value: trial.code }
  const send = requestOf(trial.send, { trial, url })
  const check = requestOf(trial.check, { trial, url })
  return {
    address: '/',
    title: 'First steps',
    kind: 'guide',
    main: `<h1>Send your first code</h1>
<p class="lead">After this page you have sent a code, read it and checked it, and know what comes next.</p>
<p>Watchword sends one-time codes and checks them. This is a server of development: every message waits in its inbox, unless a carrier is configured. The examples carry the key and the project of the demo, so they work as they stand.</p>
<ol class="steps">
<li><h2 id="send">Send a code</h2>
<p>Any address will do: the message goes to the inbox of this server.</p>
${renderShortTrial(send, { button: 'Send the code', fields: [to] })}
${renderRequest(send, 'Or send it from a terminal or a program')}</li>
<li><h2 id="read">Read it</h2>
<p>The message is in <a href="${linkTo('/dev/inbox')}">the inbox</a>. Its code goes into the next step by itself.</p>
<form class="trial" data-method="GET" data-path="/dev/inbox" hidden><input type="hidden" name="query:to" data-same="to" value="${escapeHtml(trial.to)}"><button type="submit">Look into the inbox</button><output></output></form></li>
<li><h2 id="check">Check it</h2>
<p>With the code that you have read. A code is accepted once.</p>
${renderShortTrial(check, { button: 'Check the code', fields: [to, code] })}
${renderRequest(check, 'Or check it from a terminal or a program')}</li>
</ol>
<h2 id="next">And then</h2>
<ul class="cards">
<li><a href="${linkTo('/docs')}">Choose an API</a><p>Five APIs on one engine: which one fits your application, with every route and error.</p></li>
<li><a href="${linkTo('/docs/carriers')}">Deliver for real</a><p>Connect your mail server, SMS gateway or WhatsApp.</p></li>
<li><a href="${linkTo('/docs/operating')}">Run it in production</a><p>Secrets, proxies, health, several nodes, backups.</p></li>
</ul>`,
  }
}

const requestOf = (
  { path, body }: Trial['send'],
  { trial, url }: { trial: Trial; url: string },
): ExampleRequest => ({
  method: 'POST',
  url: url + path,
  path,
  headers: [['content-type', 'application/json'], ...Object.entries(trial.headers)],
  body: { type: 'json', value: body },
})
