import { Compile } from 'typebox/compile'

/** One operation of the interface description, ready to be asked and judged. */
export type Operation = {
  method: string
  path: string
  /** Bodies that the description shows. */
  examples: unknown[]
  /** The members of the body that it names. */
  fields: string[]
  queryNames: string[]
  headerNames: string[]
  needs: 'nothing' | 'key' | 'token'
  /** What is wrong with an answer; null when nothing is. The media type has no parameters. */
  judge: (answer: { status: number; mediaType: string | null; body: unknown }) => string | null
}

// biome-ignore lint/suspicious/noExplicitAny: an interface description is read as it comes.
type Json = any

/** Reads every operation of `/openapi.json` whose answer ends. */
export function readOperations(description: Json): Operation[] {
  return Object.entries<Json>(description.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods)
      .filter(([, operation]) => !isStream(operation))
      .map(([method, operation]) => readOperation(path, method.toUpperCase(), operation)),
  )
}

/** An answer that goes on for half a minute is not for a hundred thousand requests. */
const isStream = ({ responses }: Json): boolean =>
  responses['200']?.content?.['text/event-stream'] !== undefined

function readOperation(path: string, method: string, operation: Json): Operation {
  const content = operation.requestBody?.content?.['application/json']
  const parameters: Json[] = operation.parameters ?? []
  const namesIn = (where: string) => parameters.filter((each) => each.in === where).map(({ name }) => name)
  const security = JSON.stringify(operation.security ?? [])
  return {
    method,
    path,
    examples: Object.values<Json>(content?.examples ?? {}).map(({ value }) => value),
    fields: Object.keys(content?.schema?.properties ?? {}),
    queryNames: namesIn('query'),
    headerNames: namesIn('header'),
    needs: /key/i.test(security) ? 'key' : security.length > 2 ? 'token' : 'nothing',
    judge: createJudge(operation.responses),
  }
}

function createJudge(responses: Json): Operation['judge'] {
  const schemas = new Map(
    Object.entries<Json>(responses).flatMap(([status, { content }]) =>
      content === undefined
        ? [[`${status} null`, Compile({ type: 'null' })] as const]
        : Object.entries<Json>(content).map(
            ([mediaType, { schema }]) => [`${status} ${mediaType}`, Compile(schema)] as const,
          ),
    ),
  )
  return ({ status, mediaType, body }) => {
    const schema = schemas.get(`${status} ${mediaType}`)
    if (status >= 500) return `answered ${status}`
    if (schema === undefined) return `answered ${status} as ${mediaType}, which is not described`
    if (schema.Check(body)) return null
    const [error] = schema.Errors(body)
    return `answered a ${status} that is not as described: ${JSON.stringify(error)}`
  }
}

/** Every answer with a body that an interface description shows, with its examples. */
export function readAnswers(description: Json) {
  return Object.entries<Json>(description.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).flatMap(([method, { responses }]) =>
      Object.entries<Json>(responses).flatMap(([status, { content }]) =>
        content === undefined ? [] : [readAnswer(`${method} ${path} ${status}`, content)],
      ),
    ),
  )
}

function readAnswer(name: string, content: Json) {
  const examples = Object.values<Json>(content).flatMap(({ schema, examples = {} }) => {
    const validator = Compile(schema)
    return Object.values<Json>(examples).map(({ value }) => ({ value, fits: validator.Check(value) }))
  })
  return { name, examples, unfit: examples.filter(({ fits }) => !fits) }
}
