/** One account of a file by the names of the file, or what is wrong with the line where it should have begun. */
export type FileRecord = { line: number; bytesRead: number } & (
  | { ok: true; values: Values }
  | { ok: false; problem: string }
)

/** The values of a record: texts of a table, anything of JSON. */
export type Values = Readonly<Record<string, unknown>>
