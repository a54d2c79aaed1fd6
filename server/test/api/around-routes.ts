import { Unavailable } from '../../src/engine/ports/unavailable.ts'
import type { DialectApp } from '../harness/dialect-app.ts'
import type { Recorded } from './exchange.ts'

/*
 * What happens around the routes of a dialect whose messages are English: the same at each route, in the dialect's envelope.
 */

/** What happens to a request before its route runs. */
export type Mishap = 'the database is away' | 'something breaks'

/** Makes the next request of the app fail. */
export const mishaps = (app: () => Pick<DialectApp, 'fault'>): Record<Mishap, () => void> => ({
  'the database is away': () => {
    app().fault.next = new Unavailable('the database is away', { retryAfterSeconds: 3 })
  },
  'something breaks': () => {
    app().fault.next = new Error('something broke')
  },
})

type Around = {
  paths: string[]
  /** A body that each of them accepts. */
  body: object
  error: (status: number, message: string, headers?: Record<string, string | null>) => Recorded['answer']
  /** The body of a 5xx. */
  fault: (message: string) => object
}

/** Every mishap at every path. */
export const aroundRoutes = ({ paths, body, error, fault }: Around): (Recorded & { before?: Mishap })[] =>
  paths.flatMap((path) => [
    {
      name: `malformed JSON at ${path}`,
      request: { path, headers: { 'content-type': 'application/json' }, body: '{"phone":' },
      answer: error(400, 'The request body is not valid JSON'),
    },
    {
      name: `another content type at ${path}`,
      request: { path, headers: { 'content-type': 'text/plain' }, body: 'phone' },
      answer: error(415, 'Content-Type must be application/json'),
    },
    {
      name: `a body that is too long at ${path}`,
      request: { path, body: { ...body, note: '1'.repeat(17_000) } },
      answer: error(413, 'The request body is too large'),
    },
    {
      name: `another method at ${path}`,
      request: { method: 'GET', path },
      answer: error(405, 'Method not allowed', { allow: 'POST, OPTIONS' }),
    },
    {
      name: `the database is away at ${path}`,
      before: 'the database is away',
      request: { path, body },
      answer: {
        status: 503,
        headers: { 'retry-after': '3' },
        body: fault('Service temporarily unavailable, please try again'),
      },
    },
    {
      name: `a fault at ${path}`,
      before: 'something breaks',
      request: { path, body },
      answer: { status: 500, body: fault('Internal server error') },
    },
  ])
