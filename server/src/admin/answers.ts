import Type from 'typebox'
import type { Answer, AnswerSchema } from '../http/dialect.ts'
import { ownProblem } from '../http/own-dialect.ts'

/** An error in the envelope of our own routes. */
export const renderError = (statusCode: number, message: string): Answer => ({
  status: statusCode,
  body: { statusCode, message },
})

const errorAnswer = (description: string, statusCode: number, message: string): AnswerSchema => ({
  description,
  schema: ownProblem,
  examples: { error: { statusCode, message } },
})

/** What every admin route may answer. */
export const sharedAnswers = {
  401: errorAnswer('No admin token, or a wrong one.', 401, 'The admin token is needed'),
}

/** What a route below a project may answer. */
export const projectAnswers = {
  ...sharedAnswers,
  404: errorAnswer(
    'There is no such thing in this project, or no such project.',
    404,
    'There is no such project',
  ),
}

export const badRequest = {
  400: errorAnswer('All that is wrong, in one message.', 400, 'name must be a text of 1 to 100 characters'),
}

export const conflict = (description: string) => ({ 409: errorAnswer(description, 409, description) })

export const noSuchProject = (): Answer => renderError(404, 'There is no such project')

/** The number that a path names, or null: then there is nothing of that name. */
export const readNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null

/** Any of what the schema takes, or null. */
export const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(
  schema: Schema,
  options: { examples?: unknown[] } = {},
) => Type.Union([schema, Type.Null()], options)

/** A member of a query that is a whole number; its bounds are allowed. */
export const wholeNumberField = (description: string, { from, to }: { from: number; to: number }) =>
  Type.Optional(
    Type.Refine(
      Type.String({ description }),
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to,
      () => `must be a whole number from ${from} to ${to}`,
    ),
  )
