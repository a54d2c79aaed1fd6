import { queryOptions } from '@tanstack/react-query'
import { Failure } from './failure.ts'
import { askForPasskey } from './passkeys.ts'
import { request } from './request.ts'
import type { Session } from './session.ts'

/** How operators of this server sign in. */
export type SignInWays = { code: boolean; openId: { name: string; url: string } | null }

/** The ways to sign in; null where the server knows no operators. */
export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }): Promise<SignInWays | null> =>
    request<SignInWays>('admin/v1/sign-in', { signal }).catch((error: unknown) => {
      if (error instanceof Failure && ['signed-out', 'missing'].includes(error.kind)) return null
      throw error
    }),
})

const post = <Answer>(step: string, body: unknown = {}): Promise<Answer> =>
  request<Answer>(`admin/v1/sign-in/${step}`, { method: 'POST', body })

/** Each step of the sign-in. All but the first two answer the session, which may need a second step. */
export const signIn = {
  sendCode: (email: string) => post<{ expiresInSeconds: number; digits: number }>('code', { email }),
  verify: (email: string, code: string) => post<Session>('verify', { email, code }),
  link: (token: string) => post<Session>('link', { token }),
  totp: (code: string) => post<Session>('second-factor/totp', { code }),
  recoveryCode: (code: string) => post<Session>('second-factor/recovery-code', { code }),
  async passkey(): Promise<Session> {
    const options = await post<PublicKeyCredentialRequestOptionsJSON>('second-factor/passkey/options')
    return post<Session>('second-factor/passkey', { response: await askForPasskey(options) })
  },
}
