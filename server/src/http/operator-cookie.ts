/*
 * The cookie of an operator's session. Its prefix has browsers refuse it unless it is secure, for this host alone and for all
 * of its paths (RFC 6265bis section 4.1.3.2).
 */

export const operatorCookie = '__Host-watchword'

/** As long as a session lives at most; the server knows when it ends. */
const maxAgeSeconds = 24 * 3600

/** Gives the browser the token of a session. It never sends it with a request that another site has caused. */
export const setOperatorCookie = (token: string): string =>
  `${operatorCookie}=${token}; Path=/; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Strict`

/** Has the browser forget it. */
export const clearOperatorCookie = `${operatorCookie}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict`

/** A cookie of a request by its name; null without one. */
export function readCookie(header: unknown, name: string): string | null {
  if (typeof header !== 'string') return null
  const found = header.split(';').find((part) => part.trim().startsWith(`${name}=`))
  return found === undefined ? null : found.trim().slice(name.length + 1)
}
