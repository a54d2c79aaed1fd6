import type { Configuration } from 'openid-client'
import type { Secret } from '../domain/secret.ts'
import type { OpenIdProvider } from '../engine/ports/open-id.ts'

/*
 * Signing in with the operators' own provider of OpenID Connect: the authorization code flow with PKCE, state and nonce
 * (RFC 9700), by `openid-client`. It is loaded, and the provider asked what it offers, when somebody first signs in so.
 */

export type OpenIdSettings = { issuer: string; clientId: string; clientSecret: Secret; name: string }

/** The provider is somebody else's, and a person waits. */
const timeoutSeconds = 10

const load = () => import('openid-client')

type Library = Awaited<ReturnType<typeof load>>

export type OpenIdParts = {
  /** Where the provider sends the browser back to. */
  readCallbackUrl: () => string
  /** Learns why an answer was refused: a wrong client secret shows nowhere else. */
  onRefused: (reason: string) => void
}

/** Makes the provider of the settings. */
export function createOpenIdProvider(
  { issuer, clientId, clientSecret, name }: OpenIdSettings,
  { readCallbackUrl, onRefused }: OpenIdParts,
): OpenIdProvider {
  let discovered: Promise<Configuration> | null = null

  const discover = async (library: Library): Promise<Configuration> => {
    const options = {
      timeout: timeoutSeconds,
      // Only for a provider on this machine, which the configuration sees to.
      execute: issuer.startsWith('http:') ? [library.allowInsecureRequests] : [],
    }
    discovered ??= library.discovery(new URL(issuer), clientId, clientSecret.reveal(), undefined, options)
    try {
      return await discovered
    } catch (cause) {
      // A provider that was away is asked again.
      discovered = null
      throw new Error('the provider of OpenID Connect does not say what it offers', { cause })
    }
  }

  return {
    name,

    async begin() {
      const library = await load()
      const configuration = await discover(library)
      const attempt = {
        state: library.randomState(),
        nonce: library.randomNonce(),
        codeVerifier: library.randomPKCECodeVerifier(),
      }
      const url = library.buildAuthorizationUrl(configuration, {
        redirect_uri: readCallbackUrl(),
        scope: 'openid email profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await library.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, attempt }
    },

    async finish(search, { state, nonce, codeVerifier }) {
      const library = await load()
      const configuration = await discover(library)
      const tokens = await library
        .authorizationCodeGrant(configuration, new URL(`${readCallbackUrl()}?${search}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          onRefused(reasonOf(error))
          return null
        })
      const claims = tokens?.claims()
      if (tokens === null || claims === undefined) return null
      const told =
        claims.email === undefined
          ? await library.fetchUserInfo(configuration, tokens.access_token, claims.sub).catch(() => null)
          : claims
      const isVouched = told?.email_verified === true && typeof told.email === 'string'
      return {
        issuer: claims.iss,
        subject: claims.sub,
        verifiedEmail: isVouched ? String(told.email) : null,
      }
    },
  }
}

/** Only the codes of an error: its texts may repeat what the provider has sent, tokens as well. */
function reasonOf(error: unknown): string {
  const { code, error: said } = error as { code?: unknown; error?: unknown }
  return [code, said].filter((part) => typeof part === 'string').join(' ') || 'unknown'
}
