import type { OpenApiDocument, Operation } from '../http/openapi.ts'
import type { ExampleBody, ExampleRequest } from './languages/language.ts'

/** The values of headers that the requests to paste have, by name in lower case. Others are shown as `<name>`. */
export type ExampleHeaders = Readonly<Record<string, string>>

/** The request of an operation with the first example of its body. */
export function exampleRequestOf(
  { method, path, operation }: { method: string; path: string; operation: Operation },
  {
    components,
    url,
    exampleHeaders,
  }: { components: OpenApiDocument['components']; url: string; exampleHeaders: ExampleHeaders },
): ExampleRequest {
  const body = bodyOf(operation)
  const required = operation.parameters.filter(
    (parameter) => parameter.in === 'header' && parameter.required === true,
  )
  const filled = fillPath(path, exampleHeaders)
  return {
    method,
    url: url + filled,
    path: filled,
    headers: [
      ...(body === null ? [] : [['content-type', mediaTypes[body.type]] as [string, string]]),
      ...accessHeaders(operation, components, exampleHeaders),
      ...required.map(({ name }): [string, string] => [
        String(name),
        exampleHeaders[String(name).toLowerCase()] ?? `<${name}>`,
      ]),
    ],
    body,
  }
}

const mediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' }

/** The project of the demo, where the path names one. */
const fillPath = (path: string, exampleHeaders: ExampleHeaders): string =>
  path.replace('{projectId}', exampleHeaders['x-project-id'] ?? '{projectId}')

function bodyOf({ requestBody }: Operation): ExampleBody | null {
  const json = Object.values(requestBody?.content[mediaTypes.json]?.examples ?? {})[0]
  if (json !== undefined) return { type: 'json', value: json.value }
  const form = Object.values(requestBody?.content[mediaTypes.form]?.examples ?? {})[0]
  if (form === undefined) return null
  const fields = Object.entries(form.value as Record<string, unknown>)
  return { type: 'form', fields: fields.map(([name, value]) => [name, String(value)]) }
}

type Scheme = { type: string; scheme?: string; name?: string }

/** The headers that let a caller in. */
function accessHeaders(
  { security }: Operation,
  components: OpenApiDocument['components'],
  exampleHeaders: ExampleHeaders,
): [string, string][] {
  return schemesOf(security, components).map(({ type, scheme, name = 'x-api-key' }): [string, string] => {
    if (type === 'apiKey') return [name, exampleHeaders[name] ?? '<your_api_key>']
    return ['authorization', scheme === 'basic' ? 'Basic <user:password in base64>' : 'Bearer <token>']
  })
}

/** How the callers of an operation identify themselves; nothing if it is public. */
export const schemesOf = (
  security: Operation['security'],
  { securitySchemes }: OpenApiDocument['components'],
): Scheme[] =>
  security
    .flatMap((names) => Object.keys(names))
    .map((name) => (securitySchemes as Record<string, Scheme>)[name] ?? { type: 'http' })

/** What a caller needs, in a word. */
export function accessOf({ security }: Operation, components: OpenApiDocument['components']): string {
  const [scheme] = schemesOf(security, components)
  if (scheme === undefined) return 'public'
  if (scheme.type === 'apiKey') return 'API key'
  return scheme.scheme === 'basic' ? 'user and password' : 'token'
}
