import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../domain/secret.ts'
import type { Admission, Call, Route } from '../http/dialect.ts'
import { renderError } from './answers.ts'
import { errors } from './errors.ts'

/** Lets in who brings the admin token. Missing, wrong and malformed ones get one answer, and so does everybody without a token to bring. */
export function createAdmit(token: Secret | null): NonNullable<Route['admit']> {
  // Digests have one length, so comparing them tells nothing about the length of the token either.
  const expected = token === null ? null : digest(token.reveal())
  return async ({ headers }: Call): Promise<Admission<null>> => {
    const [, given] = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? '')) ?? []
    const isRight = expected !== null && given !== undefined && timingSafeEqual(digest(given), expected)
    return isRight ? { ok: true, context: null } : { ok: false, answer: tokenNeeded }
  }
}

const tokenNeeded = { ...renderError(errors.tokenNeeded), headers: { 'www-authenticate': 'Bearer' } }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
