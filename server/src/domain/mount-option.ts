/*
 * What a dialect may be told where it is mounted, beside its project and its prefix. The dialect declares it as data: the
 * configuration reads the keys by it and writes its page of them, without knowing what they mean.
 */

/** A key of the file: one sentence, what is expected, an example and the default. */
export type FileKey = { sentence: string; expected: string; example: string; default: string }

/** What is wrong with an option. `place` is below the mount: empty, `codes` or `codes.networks[0]`. */
export type OptionIssue = {
  place: string
  /** What stands there; undefined for nothing. */
  read: unknown
  key: Pick<FileKey, 'expected' | 'example'>
  remedy: string
}

export type MountOption<Value = unknown> = {
  /** The keys of a mount in the file. */
  keys: Readonly<Record<string, FileKey>>
  /** Why a mount of another dialect has none of the keys, after its name: `never answers codes`. */
  elsewhere: string
  /** Reads the keys of one mount. Null when it has none of them, and when they are wrong, which is reported. */
  read(mount: Readonly<Record<string, unknown>>, report: (issue: OptionIssue) => void): Value | null
  /** What holds in development for a mount that does not say. */
  inDevelopment: Value
  /** What production finds wrong with the option of a mount. */
  judge(value: Value | null): OptionIssue[]
  /** The same for the reference, as items of a list. */
  refusals: string
  /** How the sample file shows the keys, below a mount. */
  sample: (describe: (key: FileKey) => string) => string
}
