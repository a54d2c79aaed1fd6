import { Secret } from '../domain/secret.ts'

/** The credentials of `Authorization: Basic`. */
export type BasicCredentials = { user: string; password: Secret }

/**
 * Reads credentials (RFC 7617): the first colon ends the user name. Null for anything else, so that a malformed header
 * gets the same answer as a missing one.
 */
export function readBasic(authorization: string | string[] | undefined): BasicCredentials | null {
  if (typeof authorization !== 'string') return null
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? []
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon === -1 ? null : { user: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) }
}
