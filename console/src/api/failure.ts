/** Why a request got no good answer. Pages say each of them in its own way (`ErrorState`). */
export type FailureKind =
  | 'offline'
  | 'signed-out'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'invalid'
  | 'too-many'
  | 'fault'

/** What a request is rejected with; nothing else leaves `api/`. */
export class Failure extends Error {
  readonly kind: FailureKind
  /** What is wrong with single fields, by their names in the API. */
  readonly fields: Readonly<Record<string, string>>
  /** Names the request in the server's log. */
  readonly reference: string | null
  readonly retryAfterSeconds: number | null

  constructor(
    kind: FailureKind,
    message: string,
    details: {
      fields?: Record<string, string>
      reference?: string | null
      retryAfterSeconds?: number | null
    } = {},
  ) {
    super(message)
    this.name = 'Failure'
    this.kind = kind
    this.fields = details.fields ?? {}
    this.reference = details.reference ?? null
    this.retryAfterSeconds = details.retryAfterSeconds ?? null
  }
}

/** The failure in whatever was thrown. A mistake of ours is a fault as well. */
export const failureOf = (error: unknown): Failure =>
  error instanceof Failure
    ? error
    : new Failure('fault', error instanceof Error ? error.message : String(error))

const kinds: Record<number, FailureKind> = {
  400: 'invalid',
  401: 'signed-out',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  422: 'invalid',
  429: 'too-many',
}

/** Reads an answer that is not 2xx. */
export async function readFailure(answer: Response): Promise<Failure> {
  const message = messageOf(await answer.json().catch(() => null)) ?? answer.statusText
  const retryAfter = Number(answer.headers.get('retry-after'))
  return new Failure(kinds[answer.status] ?? 'fault', message, {
    fields: fieldsOf(message),
    reference: answer.headers.get('x-request-id'),
    retryAfterSeconds: retryAfter > 0 ? retryAfter : null,
  })
}

const messageOf = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string'
    ? body.message
    : null

/** The admin API names every mistake in one message, and each mistake begins with its field: `name must be …; email is …`. */
function fieldsOf(message: string): Record<string, string> {
  const mistakes = message.split(/; (?=[a-zA-Z.]+ )/)
  return Object.fromEntries(
    mistakes.flatMap((mistake) => {
      const [, field, words] = /^([a-z][a-zA-Z\d.]*) (.+)$/.exec(mistake) ?? []
      return field === undefined || words === undefined ? [] : [[field, words]]
    }),
  )
}
