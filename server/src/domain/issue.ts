/** One thing that is wrong with an input. `path` is where: `name`, `settings.region`, `routes.sms[0]`. */
export type Issue = {
  path: string
  /** The end of a sentence that begins with the path. */
  message: string
  /** The first wrong entry of a list that may be long. */
  entry?: string
}

/** A parsed value, or everything that is wrong with the input. */
export type Parsed<Value> = { ok: true; value: Value } | { ok: false; issues: Issue[] }

/** Names the wrong entry next to what its list expects, so that nobody has to search a thousand entries. */
export const renderEntry = ({ entry }: Issue): string => (entry === undefined ? '' : `; ${entry} is none`)

/** Issues as one sentence. */
export const renderIssues = (issues: readonly Issue[]): string =>
  issues.map((issue) => `${issue.path} ${issue.message}${renderEntry(issue)}`.trim()).join('; ')
