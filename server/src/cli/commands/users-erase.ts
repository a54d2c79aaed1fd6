import type { Command } from 'commander'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'

type EraseOptions = { project?: string; json?: true }

/** `watchword users erase`: forgets a person. */
export function addErase(group: Command, context: CommandContext): void {
  group
    .command('erase <address>')
    .description('erase a person: account, sessions, and the address in every record')
    .option('--project <ID>', 'in which project; optional if there is only one')
    .option('--json', 'print {"erased": true, "accounts", "challenges", "events"}')
    .addHelpText(
      'after',
      `
What happened stays on record without saying to whom, and so does that a person was erased. It cannot be undone.

Examples:
  $ watchword users erase ada@example.com --project PRJ_abc123def456`,
    )
    .action((text: string, options: EraseOptions) => erase(context, text, options))
}

async function erase(context: CommandContext, text: string, options: EraseOptions): Promise<void> {
  const { erasePerson } = await import('../../engine/operations/erase-person.ts')
  const result = await withStores(context, async ({ projects, people }) =>
    erasePerson(people, await chooseProject(projects, options.project), text),
  )
  if (!result.ok) {
    if (result.refusal === 'not-an-address')
      throw usageFailure(`"${text}" is neither an e-mail address nor a phone number (+255712345678)`)
    throw new CommandFailure('The project knows nothing of this address.')
  }
  const { accounts, challenges, events } = result.erased
  if (options.json) return context.terminal.printJson({ erased: true, accounts, challenges, events })
  // The erased address is not repeated: it would stay in the history of a terminal or the log of a job.
  context.terminal.print(`Erased ${accounts} account(s), and the address in ${challenges} record(s).`)
}
