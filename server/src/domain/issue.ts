/** One thing that is wrong with what an operator wants of a project. `place` is `name`, `tokens` or `settings.region`. */
export type SettingMistake = {
  place: string
  message: string
  /** The first wrong one of a list that may be long. */
  entry?: string
}

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; mistakes: SettingMistake[] }
