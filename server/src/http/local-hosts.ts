import type { Page } from './page.ts'

/*
 * Development shows codes to whoever reaches it, and a page in a browser reaches what listens on loopback: its name may lead
 * there the second time that it is looked up (DNS rebinding). For the browser that is the page's own origin, so only the
 * name that was asked for tells.
 */

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** A page that answers only those who call this machine by a name of its own, or by that of `PUBLIC_URL`; others get 421. */
export const onlyLocally = (page: Page, readPublicUrl: () => string): Page => ({
  ...page,
  async respond(call, origin) {
    const name = hostNameOf(call.headers.host)
    if (name !== null && (loopbackNames.has(name) || name === new URL(readPublicUrl()).hostname))
      return page.respond(call, origin)
    return {
      status: 421,
      contentType: 'text/plain; charset=utf-8',
      text: 'In development this page answers to localhost, 127.0.0.1, [::1] and the host of PUBLIC_URL only.\n',
    }
  },
})

function hostNameOf(host: unknown): string | null {
  const url = `http://${host}`
  return typeof host === 'string' && URL.canParse(url) ? new URL(url).hostname : null
}
