import type { TSchema } from 'typebox'
import type { AnswerSchema } from './dialect.ts'

/*
 * A route's errors are data: the answer to each refusal and each issue. The answers in the documentation are made from
 * them here, so that no message is written twice. docs/errors.md is made from these answers.
 */

/** The answer for each reason: a status, and the name of a message in the dialect's `messages.ts`. */
export type ErrorTable<Status extends number, Message extends string> = Readonly<
  Record<string, Readonly<{ status: Status; message: Message }>>
>

/** What a status means on a route, with the headers that it carries in addition to the shared ones. */
export type Meaning = string | Pick<AnswerSchema, 'description' | 'headers'>

/** One answer for each status of the tables; its examples are named after their messages, in the order of the tables. */
export type AnswersOf<Message extends string> = <Status extends number>(
  tables: readonly ErrorTable<Status, Message>[],
  meanings: Record<NoInfer<Status>, Meaning>,
) => Record<number, AnswerSchema>

/** Makes the function that documents a dialect's errors. `renderExample` puts a message into its envelope. */
export function createAnswersOf<Message extends string>({
  schema,
  renderExample,
}: {
  schema: TSchema
  renderExample: (error: { status: number; message: Message }) => unknown
}): AnswersOf<Message> {
  return (tables, meanings) => {
    const errors = tables.flatMap((table) => Object.values(table))
    const answers = Object.entries<Meaning>(meanings).map(([key, meaning]): [string, AnswerSchema] => {
      const ofStatus = errors.filter(({ status }) => status === Number(key))
      const examples = Object.fromEntries(ofStatus.map((error) => [error.message, renderExample(error)]))
      const described = typeof meaning === 'string' ? { description: meaning } : meaning
      return [key, { ...described, schema, examples }]
    })
    return Object.fromEntries(answers)
  }
}

/** The field messages of a dialect that concern members of these schemas, as a table of errors. */
export function issueErrors<Message extends string>(
  messages: Readonly<Record<string, Message>>,
  schemas: readonly TSchema[],
): ErrorTable<400, Message> {
  const isMember = (field: string) =>
    schemas.some(({ properties = {} }: { properties?: object }) => Object.hasOwn(properties, field))
  const known = Object.entries(messages).filter(([field]) => isMember(field))
  return Object.fromEntries(known.map(([field, message]) => [field, { status: 400, message }]))
}
