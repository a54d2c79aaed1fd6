import { createHash, randomBytes } from 'node:crypto'
import { Secret } from '../../domain/secret.ts'

/*
 * Random tokens without content: refresh tokens, verification tokens, and those of operators. Only their digests are
 * stored.
 */

/** A refresh token: 256 random bits after a prefix that none of our other secrets has (T5). */
export const mintRefreshToken = (): Secret => new Secret(`wwr_${randomBytes(32).toString('base64url')}`)

/** A verification token, which binds a kept proof to the client that proved the address. */
export const mintVerificationToken = (): Secret => new Secret(`wwv_${randomBytes(32).toString('base64url')}`)

/** The token of a link that signs an operator in. */
export const mintLinkToken = (): Secret => new Secret(`wwl_${randomBytes(32).toString('base64url')}`)

/** The token of an operator's session, which a cookie holds. */
export const mintOperatorToken = (): Secret => new Secret(`wwo_${randomBytes(32).toString('base64url')}`)

/** Parses a refresh token; null for anything else, so that no other secret is ever looked up as one (T5). */
export const parseRefreshToken = (input: unknown): Secret | null => parseToken(input, /^wwr_[\w-]{43}$/)

/** Parses a verification token; null for anything else. */
export const parseVerificationToken = (input: unknown): Secret | null => parseToken(input, /^wwv_[\w-]{43}$/)

/** Parses the token of a link; null for anything else. */
export const parseLinkToken = (input: unknown): Secret | null => parseToken(input, /^wwl_[\w-]{43}$/)

/** Parses the token of an operator's session; null for anything else. */
export const parseOperatorToken = (input: unknown): Secret | null => parseToken(input, /^wwo_[\w-]{43}$/)

const parseToken = (input: unknown, shape: RegExp): Secret | null =>
  typeof input === 'string' && shape.test(input) ? new Secret(input) : null

/** The stored digest of a random token. It needs no key and no salt: nobody can guess 256 random bits. */
export const hashToken = (token: Secret): Buffer => createHash('sha256').update(token.reveal()).digest()
