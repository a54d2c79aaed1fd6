/*
 * The shapes of secrets in a text: API keys, refresh, verification and access tokens, webhook secrets.
 */

const shapes = /(?<![\w-])(?:ww[a-z]?_[\w-]{20,}|whsec_[\w+/=-]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]{20,})/g

/** The tokens and keys of a text. */
export const secretsIn = (text: string): string[] => [...text.matchAll(shapes)].map(([secret]) => secret)
