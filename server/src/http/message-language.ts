import Type from 'typebox'
import { messageLocales } from '../domain/locale.ts'

/**
 * The field of every body that a message follows from, or an account whose messages are to come. Anything may stand in it: like a field that is not known, a
 * language that is not written is passed over, and no document's examples break on it.
 */
export const messageLanguage = {
  locale: Type.Optional(
    Type.Unknown({
      description: `The language of the message: ${messageLocales.join(', ')}, also as a tag such as \`pt-BR\`. Anything else is passed over.`,
    }),
  ),
}
