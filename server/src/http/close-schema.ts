import Type, { type TObject, type TProperties, type TSchema } from 'typebox'

/** The schema of the same members that takes no others; without a schema it takes none at all. */
export function closeSchema(schema: TSchema | undefined): TObject {
  const { properties = {} } = (schema ?? {}) as { properties?: TProperties }
  return Type.Object(properties, { additionalProperties: false })
}
