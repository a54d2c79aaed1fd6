import Type from 'typebox'
import { isRegion } from '../domain/address.ts'
import type { Answer, AnswerSchema } from '../http/dialect.ts'
import { ownProblem } from '../http/own-dialect.ts'
import { type AdminError, errors } from './errors.ts'

/** An error in the envelope of our own routes. */
export const renderError = ({ status, message }: AdminError): Answer => renderWorded(status, message)

/** An error whose message depends on the request. */
export const renderWorded = (status: AdminError['status'], message: string): Answer => ({
  status,
  body: { statusCode: status, message },
})

/** The documented answer of an error. */
export const errorAnswer = (description: string, { status, message }: WordedError): AnswerSchema => ({
  description,
  schema: ownProblem,
  examples: { error: { statusCode: status, message } },
})

type WordedError = { status: number; message: string }

/** The answers that every admin route may give. */
export const sharedAnswers = {
  401: errorAnswer('No admin token, or a wrong one, and no session of an operator.', errors.tokenNeeded),
  403: {
    description:
      'The role or the projects of the operator do not suffice, or the request comes from another origin.',
    schema: ownProblem,
    examples: Object.fromEntries(
      ([errors.roleTooLow, errors.allProjectsNeeded, errors.otherOrigin] as const).map(
        ({ status, message }) => [message, { statusCode: status, message }],
      ),
    ),
  },
  415: errorAnswer('The body is not JSON.', errors.jsonNeeded),
}

/** The answers that a route below a project may give. */
export const projectAnswers = {
  ...sharedAnswers,
  404: errorAnswer('There is no such project, or it has no such resource.', errors.noProject),
}

export const badRequest = {
  400: errorAnswer('Lists everything that is wrong in one message.', {
    status: 400,
    message: 'name must be a text of 1 to 100 characters',
  }),
}

export const conflict = (description: string) => ({
  409: errorAnswer(description, { status: 409, message: description }),
})

export const noSuchProject = (): Answer => renderError(errors.noProject)

/** The number in a path, or null when it is not one: then nothing can have that id. */
export const readNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null

/** A schema that also takes null. */
export const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(
  schema: Schema,
  options: { examples?: unknown[] } = {},
) => Type.Union([schema, Type.Null()], options)

/** A whole number in a query, bounds included. */
export const wholeNumberField = (description: string, { from, to }: { from: number; to: number }) =>
  Type.Optional(
    Type.Refine(
      Type.String({ description }),
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to,
      () => `must be a whole number from ${from} to ${to}`,
    ),
  )

/** One of some words. */
export const oneOf = <const Word extends string>(words: readonly Word[]) =>
  Type.Union(words.map((word) => Type.Literal(word)))

/** A moment in a query. `Date` alone would read "12345" as a year, which our ISO 8601 texts cannot hold. */
export const momentField = (description: string) =>
  Type.Optional(
    Type.Refine(
      Type.String({ maxLength: 40, description: `ISO 8601. ${description}` }),
      (text) => isIso.test(text) && !Number.isNaN(Date.parse(text)),
      () => 'must be a moment such as 2030-01-31T00:00:00Z',
    ),
  )

const isIso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

/** The moment of a `momentField`; null without one. */
export const readMoment = (text: string | undefined): Date | null =>
  text === undefined ? null : new Date(text)

const reasonLengths = { min: 10, max: 500 }

/** Why somebody is shown addresses in full. */
export const reasonField = Type.Refine(
  Type.String({ description: 'Kept in the audit, so without names. 10 to 500 characters.' }),
  (text) => text.trim().length >= reasonLengths.min && text.trim().length <= reasonLengths.max,
  () => `must say why, in ${reasonLengths.min} to ${reasonLengths.max} characters`,
)

/** What the next page follows; null after one that is not full. */
export const nextPage = <Row, Key>(rows: Row[], limit: number, keyOf: (row: Row) => Key): Key | null => {
  const last = rows.at(-1)
  return last === undefined || rows.length < limit ? null : keyOf(last)
}

/** A country in a query. */
export const countryField = Type.Optional(
  Type.Refine(
    Type.String({ description: 'Two letters, such as CI.' }),
    (text) => isRegion(text),
    () => 'must be a country of two letters, such as CI',
  ),
)

/** The name of a carrier in a query. */
export const carrierField = Type.Optional(Type.String({ minLength: 1, maxLength: 60 }))
