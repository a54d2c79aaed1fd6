import { watch } from '../security/canary/watch.ts'

/** An answer as a client sees it. `body` is parsed JSON, or else the text; null when it is empty. */
export type TestAnswer = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read bodies of every shape, and fail on an unexpected one.
  body: any
}

export type TestRequestHeaders = Record<string, string>

/** A client of one server. It sends texts unchanged, everything else as JSON. */
export type Asker = {
  request: (
    method: string,
    path: string,
    request?: { body?: unknown; headers?: TestRequestHeaders },
  ) => Promise<TestAnswer>
  post: (path: string, body: unknown, headers?: TestRequestHeaders) => Promise<TestAnswer>
  get: (path: string, headers?: TestRequestHeaders) => Promise<TestAnswer>
}

/** Makes a client of the server at `url`. */
export function createAsker(url: string): Asker {
  const request: Asker['request'] = async (method, path, { body, headers = {} } = {}) => {
    const hasBody = body !== undefined
    const sent = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
    const answer = await fetch(url + path, {
      method,
      headers: hasBody ? { 'content-type': 'application/json', ...headers } : headers,
      ...(hasBody ? { body: sent } : {}),
    })
    const text = await answer.text()
    watch.noteExchange(sent, { status: answer.status, text })
    return { status: answer.status, headers: answer.headers, body: parseBody(text) }
  }
  return {
    request,
    post: (path, body, headers = {}) => request('POST', path, { body, headers }),
    get: (path, headers = {}) => request('GET', path, { headers }),
  }
}

function parseBody(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
