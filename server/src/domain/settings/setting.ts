/*
 * What a setting is, whatever it sets: one entry of a table that says everything about it. The type of the settings,
 * their defaults, their parser, the schema of the admin API, the options of the command line and the page are made of
 * the table, so none of them can know a setting that the others do not. docs/decisions/settings.md.
 */

/** JSON Schema as plain data: the domain needs no library to say what it takes. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A kind of values: how it is described, parsed, and typed on the command line. */
export type Kind<Value> = {
  /** What it takes, as a sentence goes on after "must be". */
  takes: string
  /** Undefined for what it does not take. */
  parse(input: unknown): Value | undefined
  /** Of a list that may be long: undefined for an entry that it does not take. */
  parseEntry?(entry: unknown): unknown
  /**
   * The shape of its values without their bounds: a value that was stored before a bound was tightened must still fit the
   * schema of the answer that shows it.
   */
  schema: JsonSchema
  typed: Spelling<Value>
}

/** How values are typed on the command line. */
export type Spelling<Value> = {
  /** What is typed, as a sentence goes on after "must be". */
  takes: string
  /** What the text means, as JSON says it. A text that means nothing stays as it is, and is then refused by `parse`. */
  read(text: string): unknown
  /** A text that `read` reads as this value. */
  write(value: Value): string
}

/** What an entry says beside its kind. */
type About<Value> = {
  default: Value
  /** Something that is taken and is not the default, as JSON says it. */
  example: unknown
  /** The option of `projects create` and `projects update`: `--region <CC>`. */
  option: string
  /** One sentence in lower case, without an end: it goes on with what the setting takes. */
  description: string
  /** The page in docs/ that says more. */
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

/** The values of a table where nobody has said anything. */
export const defaultsOf = <Table extends SettingTable>(table: Table): ValuesOf<Table> =>
  Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, entry.default])) as ValuesOf<Table>

/** The schema of all settings of a table, as they are shown. */
export const schemaOf = (table: SettingTable): JsonSchema => ({
  type: 'object',
  required: Object.keys(table),
  properties: Object.fromEntries(
    Object.entries(table).map(([name, { schema, description }]) => [name, { ...schema, description }]),
  ),
})
