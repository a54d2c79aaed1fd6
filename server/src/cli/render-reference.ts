import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { createProgram } from './create-program.ts'
import { createTerminal } from './terminal/terminal.ts'

/*
 * The reference of the command line is the output of `--help`, so it cannot fall behind. `node
 * server/dist/cli/render-reference.js` writes it; a test compares it.
 */

const helpWidth = 110

/** `docs/command-line.md`. */
export function renderCommandReference(): string {
  const terminal = createTerminal(process)
  const program = createProgram({ terminal, env: {}, finish: () => {} })
  const sections = leavesOf(program).map(
    (command) => `## ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
  )
  return `# Command line

<!-- Generated from server/src/cli: change the commands there, then run node server/dist/cli/render-reference.js -->

After this page you can do everything that an operator does, from a terminal or a script.

In a clone \`npx watchword …\` runs it once \`npm start\` or \`npm run build\` has built it. It works with and without a
running server: with the same \`DATABASE_URL\`, or without one the same \`WATCHWORD_DATA\`, it works on the same database, and
a server takes over what was changed within a second. The settings of the environment are in
[configuration.md](configuration.md).

- Results go to standard output, everything about them to standard error. With \`--json\` standard output holds one line of
  JSON and nothing else. The only secret that is printed is a new one, once.
- The exit code is 0 for success, 1 for failure, 2 for a command that was not understood. An error is one sentence;
  \`watchword --trace COMMAND\` adds the stack of an unexpected one.
- Colours and the progress bar appear on a terminal only; \`NO_COLOR\` turns the colours off.

${sections.join('\n\n')}
`
}

function leavesOf(command: Command): Command[] {
  const children = command.commands.filter((child) => child.name() !== 'help')
  return children.length === 0 ? [command] : children.flatMap(leavesOf)
}

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
    getOutHelpWidth: () => helpWidth,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trim()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../../../docs/command-line.md', import.meta.url), renderCommandReference())
}
