/**
 * A temporary fault: the database is unreachable, or the queue of passwords to hash is full. The boundary in `http/` answers
 * 503 with `Retry-After`. Nothing was stored, so the caller may try again.
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
