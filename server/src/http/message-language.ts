import Type from 'typebox'
import { messageLocales } from '../domain/locale.ts'

/**
 * The language field of every request that causes a message, now or later. It accepts any value: an unknown language is
 * ignored like an unknown field, so that no example of a document breaks on it.
 */
export const messageLanguage = {
  locale: Type.Optional(
    Type.Unknown({
      description: `The language of the message: ${messageLocales.join(', ')}, also as a tag such as \`pt-BR\`. Anything else is ignored.`,
    }),
  ),
}
