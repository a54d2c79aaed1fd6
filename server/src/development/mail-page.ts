import type { Page } from '../http/page.ts'

/** What a mail is made of, as far as its page needs it. */
export type CaughtMail = { id: string; html: string | null }

/** Mail brings its style with it. Nothing in it runs, and it loads nothing. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  'sandbox',
].join('; ')

/**
 * `/dev/mail?id=…`: the HTML of one message as a mail program shows it, for a frame of the console: a document within the
 * page itself would be under the page's own policy, which allows no style in it.
 */
export const createMailPage = (readMessages: (to: string | null) => Promise<CaughtMail[]>): Page => ({
  path: '/dev/mail',
  async respond({ query }) {
    const { id } = query as Record<string, unknown>
    const html = (await readMessages(null)).find((message) => message.id === id)?.html ?? null
    return html === null
      ? { status: 404, contentType: 'text/plain; charset=utf-8', text: 'There is no such mail.\n' }
      : {
          status: 200,
          contentType: 'text/html; charset=utf-8',
          text: html,
          headers: { 'content-security-policy': mailPolicy },
        }
  },
})
