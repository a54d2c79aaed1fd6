import type { TSchema } from 'typebox'

/** The parts of a JSON Schema that tell what a value looks like. */
type Shape = {
  examples?: unknown[]
  anyOf?: TSchema[]
  items?: TSchema
  properties?: Record<string, TSchema>
  type?: string
}

/**
 * Builds an example from a schema and its members: the first of `examples`, else the value of a literal, the first member
 * of a union, an array of one item, an object with every member. Nothing is invented: a leaf without an example is an
 * error that names its `place`.
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
