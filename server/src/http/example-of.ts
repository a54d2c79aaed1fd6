import type { TSchema } from 'typebox'

/** What of a JSON Schema can say how a value looks. */
type Shape = {
  examples?: unknown[]
  anyOf?: TSchema[]
  items?: TSchema
  properties?: Record<string, TSchema>
  type?: string
}

/**
 * Puts a whole example together from what a schema and those below it name: the first of `examples`, else the value of a
 * literal, the first of a union, an array of one, an object with every member. Nothing is made up, so a leaf that names no
 * example is an error, which tells its `place`.
 */
export function exampleOf(schema: TSchema, place: string): unknown {
  const { examples = [], anyOf: [branch] = [], items, properties, type } = schema as Shape
  if (examples.length > 0) return examples[0]
  if ('const' in schema) return schema.const
  if (branch !== undefined) return exampleOf(branch, place)
  if (items !== undefined) return [exampleOf(items, `${place}.0`)]
  if (properties !== undefined) {
    const members = Object.entries(properties)
    return Object.fromEntries(
      members.map(([name, member]) => [name, exampleOf(member, `${place}.${name}`)] as const),
    )
  }
  if (type === 'null') return null
  throw new Error(`the schema of ${place} names no example`)
}
