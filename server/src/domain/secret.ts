import { inspect } from 'node:util'

/**
 * A value that no log, error or `JSON.stringify` can print: a code, a password, a token, a key.
 * Only `reveal` gives the text away, so a search for that word finds every place where a secret leaves us.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The secret itself, for the one place that must have it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
