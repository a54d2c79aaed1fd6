/**
 * A fault that passes by itself: the database is away, or more passwords wait to be hashed than we take. The boundary in
 * `http/` answers 503 with `Retry-After`; nothing was stored, so the caller may simply try again.
 */
export class Unavailable extends Error {
  readonly retryAfterSeconds: number

  constructor(
    message: string,
    { retryAfterSeconds = 1, cause }: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'Unavailable'
    this.retryAfterSeconds = retryAfterSeconds
  }
}
