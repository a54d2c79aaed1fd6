/** An expected end of a command: one clear sentence, no stack. `exitCode` 2 means that the command was not understood. */
export class CommandFailure extends Error {
  readonly exitCode: 1 | 2

  constructor(message: string, { exitCode = 1, cause }: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'CommandFailure'
    this.exitCode = exitCode
  }
}

/** The failure of a command with wrong arguments. */
export const usageFailure = (message: string): CommandFailure => new CommandFailure(message, { exitCode: 2 })
