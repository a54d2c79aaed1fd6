import { inspect } from 'node:util'

/**
 * A value that no log, error or `JSON.stringify` can print: a code, a password, a token, a key.
 * Only `reveal` returns the text, so a search for that word finds every place where a secret leaves the server.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The secret itself, for the one place that needs it. */
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
