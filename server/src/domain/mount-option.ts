/*
 * An option of a dialect for each of its mounts, beside project and prefix. The dialect declares it as data: the
 * configuration reads the keys and writes their reference from it, without knowing what they mean.
 */

/** A key of the configuration file. */
export type FileKey = { sentence: string; expected: string; example: string; default: string }

/** What is wrong with an option. `place` is relative to the mount: empty, `codes` or `codes.networks[0]`. */
export type OptionIssue = {
  place: string
  /** The value that was read; undefined if there is none. */
  read: unknown
  key: Pick<FileKey, 'expected' | 'example'>
  remedy: string
}

export type MountOption<Value = unknown> = {
  /** The keys of a mount in the file. */
  keys: Readonly<Record<string, FileKey>>
  /** Why a mount of another dialect has none of the keys; follows its name: `never answers codes`. */
  elsewhere: string
  /** Reads the keys of one mount. Null if it has none of them, or if they are wrong, which is reported. */
  read(mount: Readonly<Record<string, unknown>>, report: (issue: OptionIssue) => void): Value | null
  /** The default in development. */
  inDevelopment: Value
  /** What production refuses in the option of a mount. */
  validate(value: Value | null): OptionIssue[]
  /** The same for the reference, as list items. */
  refusals: string
  /** The keys in the sample file, below a mount. */
  sample: (describe: (key: FileKey) => string) => string
}
