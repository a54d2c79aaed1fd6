/*
 * How the messages of a project look: parsers of the branding settings.
 */

/** A colour as `#1a7f5a`. */
export const parseColour = (input: unknown): string | undefined =>
  typeof input === 'string' && /^#[0-9a-f]{6}$/i.test(input) ? input.toLowerCase() : undefined

const logoUrlLengthMax = 500

/** A URL that every mail client fetches: `https`, without a user name or password. */
export function parseLogoUrl(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > logoUrlLengthMax || !URL.canParse(input)) return undefined
  const url = new URL(input)
  const isPlain = url.protocol === 'https:' && url.username === '' && url.password === ''
  return isPlain ? url.href : undefined
}

const hostLengthMax = 100

/** The host of the page that a browser fills the code into: a host name without scheme, port or path. */
export function parseWebOtpHost(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > hostLengthMax) return undefined
  const host = input.toLowerCase()
  return /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/.test(host) ? host : undefined
}

/** The 11 characters by which Android recognises the app that a message is for (SMS Retriever). */
export const parseAndroidAppHash = (input: unknown): string | undefined =>
  typeof input === 'string' && /^[A-Za-z0-9+/]{11}$/.test(input) ? input : undefined
