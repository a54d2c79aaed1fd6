/*
 * A setting is one entry of a table, with everything about it. The type of the settings, their defaults, their parser, the
 * schema of the admin API, the options of the command line and the page are made of the table, so they cannot disagree.
 * docs/decisions/settings.md.
 */

/** JSON Schema as plain data, so that the domain needs no library for it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A kind of value: how it is described, parsed, and typed on the command line. */
export type Kind<Value> = {
  /** What it takes; continues a sentence after "must be". */
  takes: string
  /** Undefined for what it does not take. */
  parse(input: unknown): Value | undefined
  /** For lists that may be long: undefined for an entry that it does not take. */
  parseEntry?(entry: unknown): unknown
  /**
   * The shape of its values without their bounds: a value that was stored before a bound was tightened must still match
   * the schema of the answer that shows it.
   */
  schema: JsonSchema
  typed: Spelling<Value>
}

/** How values are typed on the command line. */
export type Spelling<Value> = {
  /** What is typed; continues a sentence after "must be". */
  takes: string
  /** The JSON value of the text. Text without a meaning is returned unchanged, and `parse` then refuses it. */
  read(text: string): unknown
  /** Text that `read` turns into this value. */
  write(value: Value): string
}

/** What an entry has beside its kind. */
type About<Value> = {
  default: Value
  /** An accepted JSON value that is not the default. */
  example: unknown
  /** The option of `projects create` and `projects update`: `--region <CC>`. */
  option: string
  /** A lower-case phrase without a full stop: what the setting takes follows it. */
  description: string
  /** The page in docs/ with more about it. */
  page?: `${string}.md`
}

/** One entry of a table of settings. */
export type Setting<Value> = Kind<Value> & About<Value>

/** Settings by name. */
export type SettingTable = Readonly<Record<string, Setting<unknown>>>

/** The values of the settings of a table. */
export type ValuesOf<Table extends SettingTable> = { [Name in keyof Table]: Table[Name]['default'] }

/** Makes an entry of a table. */
export const setting = <Value>(kind: Kind<Value>, about: About<NoInfer<Value>>): Setting<Value> => ({
  ...kind,
  ...about,
})

/** The default values of a table. */
export const defaultsOf = <Table extends SettingTable>(table: Table): ValuesOf<Table> =>
  Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, entry.default])) as ValuesOf<Table>

/** The schema of all settings of a table, as answers show them. */
export const schemaOf = (table: SettingTable): JsonSchema => ({
  type: 'object',
  required: Object.keys(table),
  properties: Object.fromEntries(
    Object.entries(table).map(([name, { schema, description }]) => [name, { ...schema, description }]),
  ),
})
