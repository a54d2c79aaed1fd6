import { Secret } from '../domain/secret.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { SignIn } from '../engine/operators/sign-in.ts'
import type { OpenIdAttempt, OpenIdProvider } from '../engine/ports/open-id.ts'
import { readCookie, setOperatorCookie } from '../http/operator-cookie.ts'
import type { Page } from '../http/page.ts'
import type { TextAnswer } from '../http/replies.ts'
import { openIdPath } from './sign-in.ts'

/*
 * Signing in with the operators' own provider: the two addresses that a browser goes to by itself. What must come back unchanged
 * is kept in a sealed cookie, which binds the answer to the browser that has asked.
 */

export type OpenIdPageParts = {
  provider: OpenIdProvider
  signIn: Pick<SignIn, 'withOpenId'>
  sealer: Pick<Sealer, 'seal' | 'open'>
  readConsoleUrl: () => string
}

const attemptCookie = '__Host-watchword-open-id'
const attemptSeconds = 600
const associatedData = 'open-id-attempt'

/** The pages that lead to the provider and back. */
export const createOpenIdPages = ({ provider, signIn, sealer, readConsoleUrl }: OpenIdPageParts): Page[] => [
  {
    path: openIdPath,
    async respond() {
      const { url, attempt } = await provider.begin()
      const sealed = sealer.seal(new Secret(JSON.stringify(attempt)), associatedData).toString('base64url')
      return redirect(url, [attemptCookieWith(sealed, attemptSeconds)])
    },
  },
  {
    path: `${openIdPath}/callback`,
    async respond({ query, headers, caller }) {
      const forget = attemptCookieWith('', 0)
      const attempt = readAttempt(sealer, readCookie(headers.cookie, attemptCookie))
      const search = new URLSearchParams(query as Record<string, string>).toString()
      const identity = attempt === null ? null : await provider.finish(search, attempt)
      const result = identity === null ? null : await signIn.withOpenId(identity, caller)
      if (result === null || !result.ok)
        return redirect(`${readConsoleUrl()}/sign-in#error=refused`, [forget])
      const isComplete = result.session.isComplete
      const page = isComplete ? readConsoleUrl() : `${readConsoleUrl()}/sign-in`
      return redirect(page, [forget, setOperatorCookie(result.token.reveal())])
    },
  },
]

const redirect = (location: string, cookies: string[]): TextAnswer => ({
  status: 303,
  contentType: 'text/plain; charset=utf-8',
  text: 'See the address in Location.\n',
  headers: { location, 'set-cookie': cookies },
})

/** The provider's answer is a request that another site has caused, so the cookie may not be stricter. */
const attemptCookieWith = (value: string, seconds: number): string =>
  `${attemptCookie}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`

function readAttempt(sealer: Pick<Sealer, 'open'>, cookie: string | null): OpenIdAttempt | null {
  if (cookie === null) return null
  const opened = sealer.open(Buffer.from(cookie, 'base64url'), associatedData)
  return opened === null ? null : (JSON.parse(opened.reveal()) as OpenIdAttempt)
}
