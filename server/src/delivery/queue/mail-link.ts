import { randomBytes } from 'node:crypto'
import { challengeId } from '../../domain/challenge.ts'
import { serverProjectId } from '../../domain/operator.ts'
import type { MailLink } from '../../engine/operators/operator-links.ts'
import type { OutgoingMessage } from '../carrier.ts'
import { renderMailHtml } from '../texts/mail-layout.ts'
import { escapeHtml } from '../texts/markdown.ts'
import { deliverInTime } from './deliver-in-time.ts'
import type { Routes } from './routes.ts'

/*
 * Mails operators their links. A link is no challenge and is kept nowhere, so there is no outbox that could send it later: whoever
 * has asked for it learns at once whether it was sent, and has it in any case.
 */

const attemptMilliseconds = 10_000

/** Mails a link by the server's own route for mail. The inbox of development shows only codes, so it counts as none. */
export const createMailLink =
  (routes: Pick<Routes, 'carriersFor'>): MailLink =>
  async (operator, { link, expiresAt }) => {
    const id = challengeId(new Date(), randomBytes(6))
    const to = operator.email
    const message: OutgoingMessage = {
      challengeId: id,
      projectId: serverProjectId,
      channel: 'email',
      purpose: 'code',
      to,
      code: null,
      ...renderLink(operator.name, link.reveal()),
      locale: 'en',
      expiresAt,
      writtenAt: new Date(),
      idempotencyKey: id,
    }
    for (const carrier of routes.carriersFor({
      projectId: serverProjectId,
      channel: 'email',
      to,
      seed: id,
    })) {
      if (carrier.name === 'inbox') continue
      const { signal } = new AbortController()
      const answer = await deliverInTime(carrier, message, {
        milliseconds: attemptMilliseconds,
        stopSignal: signal,
      })
      // A mail that may have arrived is not sent again.
      if (answer.kind !== 'refused') return answer.kind === 'accepted'
    }
    return false
  }

const subject = 'Your link to Watchword'

function renderLink(name: string, link: string): Pick<OutgoingMessage, 'subject' | 'text' | 'html'> {
  const lines = [
    `Hello ${name},`,
    'this link signs you in to Watchword, the server for one-time passwords:',
    link,
    'It works once, for 15 minutes. Afterwards you sign in with a code by e-mail.',
    'If you did not expect it, ignore it.',
  ]
  const paragraphs = lines.map((line) =>
    line === link
      ? `<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`
      : `<p>${escapeHtml(line)}</p>`,
  )
  return {
    subject,
    text: lines.join('\n\n'),
    html: renderMailHtml({
      locale: 'en',
      direction: 'ltr',
      subject,
      name: 'Watchword',
      colour: null,
      logoUrl: null,
      bodyHtml: paragraphs.join('\n'),
    }),
  }
}
