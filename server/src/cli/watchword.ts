import { CommanderError } from 'commander'
import { createProgram } from './create-program.ts'
import { describeFailure } from './terminal/describe-failure.ts'
import { endWithParent } from './terminal/end-with-parent.ts'
import { createTerminal } from './terminal/terminal.ts'

/** Runs the command that the process was called with. */
async function run(): Promise<void> {
  const terminal = createTerminal(process)
  // Set by `npm start`, `npm run` and `npx`.
  if (process.env.npm_lifecycle_event !== undefined) endWithParent()
  // A reader such as `head` that has seen enough ends this process quietly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

  const program = createProgram({
    terminal,
    env: process.env,
    finish: (exitCode) => {
      process.exitCode = exitCode
    },
  })
  try {
    await program.parseAsync(process.argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has already said what was wrong. Asking for help or the version is not an error.
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    const { message, exitCode, isOfSystem } = describeFailure(error)
    const hint = isOfSystem ? ' "watchword doctor" looks closer.' : ''
    terminal.note(`${terminal.paintNote('red', 'error:')} ${message}${hint}`)
    if (program.opts<{ trace?: boolean }>().trace === true) console.error(error)
    process.exitCode = exitCode
  }
}

await run()
