import Type from 'typebox'
import type { Dialect, Problem, Route } from './dialect.ts'
import { problemStatus } from './dialect.ts'

/** The envelope of everything that belongs to no documented API. */
export const ownProblem = Type.Object({ statusCode: Type.Integer(), message: Type.String() })

/** Makes the dialect of our own routes: it has no base path, so it also words what no other mount answers for. */
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
