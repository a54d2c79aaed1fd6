import type { TSchema } from 'typebox'

/** Infers a JSON Schema from examples: a member that all have is required; a value of several types may have any of them. */
export function inferSchema(examples: unknown[]): TSchema {
  const types = [...new Set(examples.map(typeOf))]
  const objects = examples.filter((example) => typeOf(example) === 'object') as Record<string, unknown>[]
  const arrays = examples.filter(Array.isArray)
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  const items = arrays.flat()
  return {
    type: types.length === 1 ? types[0] : types,
    ...(objects.length === 0 ? {} : inferMembers(objects, names)),
    ...(items.length === 0 ? {} : { items: inferSchema(items) }),
  } as TSchema
}

function inferMembers(objects: Record<string, unknown>[], names: string[]) {
  const valuesOf = (name: string) =>
    objects.filter((object) => Object.hasOwn(object, name)).map((object) => object[name])
  return {
    properties: Object.fromEntries(names.map((name) => [name, inferSchema(valuesOf(name))])),
    required: names.filter((name) => objects.every((object) => Object.hasOwn(object, name))),
  }
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}
