import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** What the provider says about somebody. */
export type Claims = { email?: string; email_verified?: boolean }

export const clientId = 'watchword'
export const clientSecret = 'the secret of a client in a test'

/**
 * A provider of OpenID Connect, whose people sign in by naming themselves. `serve` says where it may send browsers back to, and
 * what it says about whom.
 */
export async function startOpenIdHost() {
  let handle: RequestListener = (_, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    serve(redirectUri: string, people: Record<string, Claims>): void {
      const provider = new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        cookies: { keys: ['a key of a test'] },
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        findAccount: (_: unknown, subject: string) => ({
          accountId: subject,
          claims: async () => ({ sub: subject, ...people[subject] }),
        }),
      })
      handle = provider.callback()
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Goes through the provider's pages as a person, and returns the URL that it sends the browser back to. */
export async function passProvider(start: string, subject: string, backTo: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  let form: string | null = null
  for (let step = 0; step < 20 && !url.startsWith(backTo); step += 1) {
    const answer: Response = await fetch(url, {
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === null ? {} : { method: 'POST', body: form }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const page = await answer.text()
    const location = answer.headers.get('location')
    if (location !== null) [url, form] = [new URL(location, url).href, null]
    else {
      const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? []
      if (prompt === undefined)
        throw new Error(`the provider answered ${answer.status}: ${page.slice(0, 300)}`)
      form = new URLSearchParams({ prompt, login: subject, password: 'any' }).toString()
    }
  }
  return url
}
