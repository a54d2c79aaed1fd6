import Type from 'typebox'
import type { Dialect, Problem, Route } from './dialect.ts'
import { problemStatus } from './dialect.ts'

/** The envelope of everything outside the documented APIs. */
export const ownProblem = Type.Object({ statusCode: Type.Integer(), message: Type.String() })

/** Makes a dialect of our own routes. With an empty base path it also answers what no other mount covers. */
export function createOwnDialect({
  name,
  basePath,
  routes,
}: {
  name: string
  basePath: string
  routes: Route[]
}): Dialect {
  return {
    name,
    basePath,
    routes,
    problemSchema: ownProblem,
    renderProblem: (problem) => ({ statusCode: problemStatus[problem.kind], message: messageOf(problem) }),
  }
}

function messageOf(problem: Problem): string {
  switch (problem.kind) {
    case 'invalid':
      return problem.issues
        .slice(0, 5)
        .map(({ field, message }) => (field === '' ? message : `${field} ${message}`))
        .join('; ')
    case 'malformed':
      return 'The request is malformed'
    case 'unsupported-media-type':
      return 'The body must be application/json'
    case 'too-large':
      return 'The body is too large'
    case 'not-found':
      return 'Not found'
    case 'method-not-allowed':
      return 'Method not allowed'
    case 'unavailable':
      return 'Temporarily unavailable, please try again'
    case 'fault':
      return `Internal error, reference ${problem.reference}`
  }
}
