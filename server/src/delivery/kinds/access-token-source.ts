import { Secret } from '../../domain/secret.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import { describe, parseJsonObject, textOf } from '../protocols/answer-body.ts'
import { basicLogin, classifyStatus, renderForm } from '../protocols/http-carrier.ts'
import { createHttpPoster } from '../protocols/http-post.ts'

export type AccessTokenSource = {
  /** A token, or why there is none. Concurrent callers share one request. */
  get(signal: AbortSignal): Promise<Secret | CarrierAnswer>
  /** The credentials it logs in with. The carrier hides them because the provider may repeat them in an error. */
  secrets: readonly string[]
  /** Drops a token that the provider no longer accepts. */
  forget(): void
  close(): void
}

/** A token is not used in its last seconds: the request that carries it takes some of them. */
const marginSeconds = 60

/** Tokens by the client credentials grant (RFC 6749 section 4.4), each used until it expires. */
export function createAccessTokenSource({
  url,
  clientId,
  clientSecret,
}: {
  url: string
  clientId: string
  clientSecret: Secret
}): AccessTokenSource {
  const poster = createHttpPoster(new URL(url))
  const authorization = basicLogin(clientId, clientSecret.reveal())
  let cached: { token: Secret; until: number } | null = null
  let asking: Promise<Secret | CarrierAnswer> | null = null

  async function ask(): Promise<Secret | CarrierAnswer> {
    const form = renderForm({ grant_type: 'client_credentials' })
    const headers = {
      ...form.headers,
      accept: 'application/json',
      'user-agent': 'watchword',
      authorization,
    }
    // Not the signal of one message, because others may be waiting too. The poster has its own bounds.
    const outcome = await poster.post({ headers, body: form.body, signal: new AbortController().signal })
    // Whatever happened to this request, the message itself was not sent.
    if (outcome.kind !== 'answered') return refuse('for-now', `token: ${outcome.detail}`)

    const json = parseJsonObject(outcome.body)
    const token = textOf(json.access_token) === '' ? '' : String(json.access_token)
    if (outcome.status === 200 && /^[\x21-\x7e]{1,8000}$/.test(token)) {
      const seconds = Number(textOf(json.expires_in)) || 0
      cached = { token: new Secret(token), until: performance.now() + (seconds - marginSeconds) * 1000 }
      return cached.token
    }
    const errorText = describe(json.error, json.error_description)
    const detail = describe(`token: HTTP ${outcome.status}`, errorText === '' ? outcome.body : errorText)
    const answer = classifyStatus({ ...outcome, json }, detail)
    if (answer.kind === 'refused' && answer.reason !== 'for-good') return answer
    return refuse(errorText === '' ? 'for-now' : 'account', detail)
  }

  return {
    secrets: [clientSecret.reveal(), authorization.replace('Basic ', '')],
    async get(signal) {
      if (cached !== null && performance.now() < cached.until) return cached.token
      asking ??= ask().finally(() => {
        asking = null
      })
      return Promise.race([asking, aborted(signal)])
    },
    forget() {
      cached = null
    },
    close() {
      poster.close()
    },
  }
}

/** The message has no time left. The token may still arrive and serve the next one. */
const aborted = (signal: AbortSignal): Promise<CarrierAnswer> =>
  new Promise((resolve) => {
    const answer = refuse('for-now', 'no token in time')
    if (signal.aborted) return resolve(answer)
    signal.addEventListener('abort', () => resolve(answer), { once: true })
  })
