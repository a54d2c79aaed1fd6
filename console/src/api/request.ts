import { Failure, readFailure } from './failure.ts'

/** The server may be reached below a path of its own, and the console lies one level below the server. */
const serverUrl = new URL('..', document.baseURI)

export type RequestOptions = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  signal?: AbortSignal
}

/** Asks the server: `request('admin/v1/projects')`. Rejects with a `Failure`. An answer without a body is null. */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const { method = 'GET', body, signal } = options
  const answer = await fetch(urlOf(path, options.query), {
    method,
    // The session is a cookie.
    credentials: 'same-origin',
    // The server takes the cookie only with this type, which a form of another site cannot send.
    headers: {
      accept: 'application/json',
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw new Failure('offline', String(error))
  })
  if (!answer.ok) throw await readFailure(answer)
  return (answer.status === 204 ? null : await answer.json()) as Answer
}

/** The URL of a path of the server, with a query; what is null or undefined is left out. */
export function urlOf(path: string, query: RequestOptions['query'] = {}): URL {
  const url = new URL(path.replace(/^\//, ''), serverUrl)
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, String(value))
  }
  return url
}
