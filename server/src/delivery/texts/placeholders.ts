/*
 * What stands for a value until a message is written. A template is parsed, as an ICU message and as Markdown, with
 * placeholders in it. Values are inserted afterwards, escaped for their context. So no part of a value is ever read as a
 * template or as markup (S9).
 */

/** From the private use area, which templates may not contain. */
export const placeholders = { project: '\uE000', code: '\uE001', spelledCode: '\uE002' } as const

export const anyPlaceholder = /[\uE000-\uE002]/g

/** The values to insert. `code` is empty in notices. */
export type Values = { project: string; code: string }

/** Replaces the placeholders of a pattern by values. */
export function fillIn(pattern: string, values: Values, write: (text: string) => string = String): string {
  return pattern.replace(anyPlaceholder, (sign) => {
    if (sign === placeholders.project) return write(values.project)
    return sign === placeholders.code ? values.code : [...values.code].join(' ')
  })
}
