import { watch } from '../security/canary/watch.ts'
import type { TestAnswer } from './ask.ts'
import { createAuthenticator } from './software-authenticator.ts'
import type { TestApp } from './start-test-app.ts'

/** A browser of an operator: it keeps the cookies that it gets, and says where its requests come from. */
export type OperatorBrowser = {
  get: (path: string) => Promise<TestAnswer>
  post: (path: string, body?: unknown) => Promise<TestAnswer>
  patch: (path: string, body: unknown) => Promise<TestAnswer>
  put: (path: string, body: unknown) => Promise<TestAnswer>
  delete: (path: string) => Promise<TestAnswer>
  request: (method: string, path: string, options?: BrowserRequest) => Promise<TestAnswer>
  /** The cookies by name. */
  cookies: Map<string, string>
  cookieHeader: () => string
}

export type BrowserRequest = { body?: unknown; headers?: Record<string, string> }

/** The demo's owner, whose codes arrive in the inbox. */
export const ownerEmail = 'owner@example.com'

/** Opens a browser that nobody has signed in with. Paths are below `/admin/v1`. */
export function openBrowser({ url }: Pick<TestApp, 'url'>): OperatorBrowser {
  const cookies = new Map<string, string>()
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  const request: OperatorBrowser['request'] = async (method, path, { body, headers = {} } = {}) => {
    const own = {
      ...(cookies.size === 0 ? {} : { cookie: cookieHeader() }),
      ...(method === 'GET' ? {} : { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }),
    }
    const sent = body === undefined ? '' : JSON.stringify(body)
    const answer = await fetch(`${url}/admin/v1${path}`, {
      method,
      redirect: 'manual',
      headers: { ...own, ...headers },
      ...(body === undefined ? {} : { body: sent }),
    })
    for (const line of answer.headers.getSetCookie()) {
      watch.noteSecrets(line)
      keep(cookies, line)
    }
    const text = await answer.text()
    watch.noteExchange(sent, { status: answer.status, text })
    return { status: answer.status, headers: answer.headers, body: parse(text) }
  }
  return {
    request,
    cookies,
    cookieHeader,
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, { body }),
    patch: (path, body) => request('PATCH', path, { body }),
    put: (path, body) => request('PUT', path, { body }),
    delete: (path) => request('DELETE', path),
  }
}

/** Opens a browser and signs an operator in with a code. */
export async function signIn(app: TestApp, email: string = ownerEmail): Promise<OperatorBrowser> {
  const browser = openBrowser(app)
  const asked = await browser.post('/sign-in/code', { email })
  if (asked.status !== 202) throw new Error(`no code: ${JSON.stringify(asked.body)}`)
  const { status, body } = await browser.post('/sign-in/verify', {
    email,
    code: await app.inbox.lastCode(email),
  })
  if (status !== 200) throw new Error(`not signed in: ${JSON.stringify(body)}`)
  return browser
}

/** Invites an operator as the owner's program, and opens a browser with the link. */
export async function invite(
  app: TestApp,
  wanted: object,
): Promise<{ browser: OperatorBrowser; id: string }> {
  const bearer = { authorization: `Bearer ${app.adminToken}` }
  const { status, body } = await app.post('/admin/v1/operators', wanted, bearer)
  if (status !== 201) throw new Error(`not invited: ${JSON.stringify(body)}`)
  const browser = openBrowser(app)
  const opened = await browser.post('/sign-in/link', { token: tokenOf(body.link) })
  if (opened.status !== 200) throw new Error(`not signed in: ${JSON.stringify(opened.body)}`)
  return { browser, id: body.operator.id }
}

/** Opens a browser of a new operator who has given the first factor, and is asked for the second. */
export async function signInHalfway(app: TestApp): Promise<OperatorBrowser> {
  const email = 'halfway@example.test'
  const { browser } = await invite(app, { email, role: 'viewer' })
  const authenticator = createAuthenticator(app.url.replace('127.0.0.1', 'localhost'))
  const options = (await browser.post('/session/passkeys/options')).body
  await browser.post('/session/passkeys', { name: 'Key', response: authenticator.create(options) })
  return signIn(app, email)
}

/** The token that a link holds in its fragment. */
export const tokenOf = (link: string): string => new URL(link).hash.replace('#token=', '')

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';')
  const at = pair.indexOf('=')
  if (/max-age=0(;|$)/i.test(line)) cookies.delete(pair.slice(0, at))
  else cookies.set(pair.slice(0, at), pair.slice(at + 1))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text === '' ? null : text
  }
}
