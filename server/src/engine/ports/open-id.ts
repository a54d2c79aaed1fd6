/** What the server keeps between the request to the provider and its answer. */
export type OpenIdAttempt = { state: string; nonce: string; codeVerifier: string }

/** Whom the provider of OpenID Connect says somebody is. */
export type OpenIdIdentity = {
  issuer: string
  subject: string
  /** Null if the provider does not vouch for it. */
  verifiedEmail: string | null
}

/** The operators' own provider of OpenID Connect. */
export type OpenIdProvider = {
  /** As the sign-in page calls it. */
  name: string
  begin(): Promise<{ url: string; attempt: OpenIdAttempt }>
  /** Null if the answer is not one to this attempt, or says no. `search` is the query of the answer. */
  finish(search: string, attempt: OpenIdAttempt): Promise<OpenIdIdentity | null>
}
