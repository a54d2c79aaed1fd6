import Type from 'typebox'
import type { Answer, AnswerSchema, Dialect, Problem } from '../../../src/http/dialect.ts'

export const problemBody = Type.Object({ code: Type.Integer(), status: Type.Integer() })

const codes: Record<Problem['kind'], number> = {
  invalid: 60200,
  malformed: 60201,
  'unsupported-media-type': 60202,
  'too-large': 60203,
  'not-found': 20404,
  'method-not-allowed': 20004,
  unavailable: 20503,
  fault: 20500,
}

/** Renders the number of the problem, with the `status` of the document. */
export const renderProblem: Dialect['renderProblem'] = ({ kind }) => ({ code: codes[kind], status: 0 })

export const renderError = (status: number, code: number): Answer => ({ status, body: { code, status } })

export const errorAnswer = (status: number, description: string, code: number): AnswerSchema => ({
  description,
  schema: problemBody,
  examples: { error: { code, status } },
})
