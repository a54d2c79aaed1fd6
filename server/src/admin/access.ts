import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../domain/secret.ts'
import type { Admission, Call, Route } from '../http/dialect.ts'
import { renderError } from './answers.ts'
import { errors } from './errors.ts'

/** Admits callers with the admin token. Everybody else gets the same answer, also when no token is configured. */
export function createAdmit(token: Secret | null): NonNullable<Route['admit']> {
  // Digests have one length, so comparing them does not reveal the length of the token either.
  const expected = token === null ? null : digest(token.reveal())
  return async ({ headers }: Call): Promise<Admission<null>> => {
    const [, given] = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? '')) ?? []
    const isRight = expected !== null && given !== undefined && timingSafeEqual(digest(given), expected)
    return isRight ? { ok: true, context: null } : { ok: false, answer: tokenNeeded }
  }
}

const tokenNeeded = { ...renderError(errors.tokenNeeded), headers: { 'www-authenticate': 'Bearer' } }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
