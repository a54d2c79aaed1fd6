export type ExampleBody = { type: 'json'; value: unknown } | { type: 'form'; fields: [string, string][] }

/** A request to paste. `path` still has its `{names}`. */
export type ExampleRequest = {
  method: string
  url: string
  path: string
  headers: [string, string][]
  body: ExampleBody | null
}

/** A language that requests are shown in. `name` is what a reader calls it, `highlighting` what the highlighter does. */
export type Language = {
  id: string
  name: string
  highlighting: string
  write: (request: ExampleRequest) => string
}

/** The lines, each but the first after as many blanks. */
export const indent = (text: string, blanks: number): string =>
  text.replaceAll('\n', `\n${' '.repeat(blanks)}`)

export const prettyJson = (value: unknown): string => JSON.stringify(value, null, 2)

/** A form as it is sent. */
export const encodeForm = (fields: [string, string][]): string => new URLSearchParams(fields).toString()
