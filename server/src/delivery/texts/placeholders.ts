/*
 * What stands for a value until a message is written. The words of a template are parsed, as ICU messages and as
 * Markdown, with these in them; values are put in afterwards, escaped for where they stand. So nothing that a value holds
 * is ever read as a template or as markup (S9).
 */

/** From the private use area, which no template may hold. */
export const placeholders = { project: '\uE000', code: '\uE001', spelledCode: '\uE002' } as const

export const anyPlaceholder = /[\uE000-\uE002]/g

/** What is put in. `code` is empty in notices. */
export type Values = { project: string; code: string }

/** A pattern with its values in it. */
export function fillIn(pattern: string, values: Values, write: (text: string) => string = String): string {
  return pattern.replace(anyPlaceholder, (sign) => {
    if (sign === placeholders.project) return write(values.project)
    return sign === placeholders.code ? values.code : [...values.code].join(' ')
  })
}
