import Type, { type TSchema } from 'typebox'

/** A field that may be left out, or be `null`: what many clients send for a value that they do not have. */
export const optionalField = <Field extends TSchema>(field: Field) =>
  Type.Optional(Type.Union([field, Type.Null()]))
