import type { Command } from 'commander'
import { renderOptOut } from '../../admin/render.ts'
import { type PhoneNumber, parsePhoneNumber } from '../../domain/address.ts'
import { type AddCommand, type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

/** `watchword opt-outs …`: people who answered STOP to the sender of a carrier. */
export const addOptOutsCommands: AddCommand = (program, context) => {
  const group = program
    .command('opt-outs')
    .description('list and remove numbers that get no SMS of a carrier, because they answered STOP')
  addList(group, context)
  addRemove(group, context)
}

const shownMax = 200

function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description(`list the newest ${shownMax}, of all carriers or of one, or those of a number`)
    .option('--carrier <name>', 'only of this carrier')
    .option('--phone <number>', 'only this number, in E.164')
    .option('--json', 'print an array')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword opt-outs list
  $ watchword opt-outs list --phone +2250701020304 --json`,
    )
    .action(async ({ carrier, phone, json }: { carrier?: string; phone?: string; json?: true }) => {
      const { terminal } = context
      const query = {
        carrier: carrier ?? null,
        phone: phone === undefined ? null : readPhone(phone),
        limit: shownMax,
      }
      const optOuts = await withStores(context, (stores) => stores.optOuts.list(query))
      if (json) return terminal.printJson(optOuts.map(renderOptOut))
      if (optOuts.length === 0) return terminal.note('Nobody has answered STOP.')
      const rows = optOuts.map(({ carrier, phone, since }) => [carrier, phone, since.toISOString()])
      terminal.print(renderTable(['CARRIER', 'PHONE', 'SINCE'], rows, terminal))
    })
}

function addRemove(group: Command, context: CommandContext): void {
  group
    .command('remove <carrier> <phone>')
    .description('send to a number again, with the consent of its owner')
    .option('--json', 'print {"carrier", "phone", "removed": true}')
    .addHelpText(
      'after',
      `
Its owner can answer START instead. Running servers know within two seconds.

Examples:
  $ watchword opt-outs remove gateway +2250701020304`,
    )
    .action(async (carrier: string, typed: string, { json }: { json?: true }) => {
      const phone = readPhone(typed)
      const isRemoved = await withStores(context, (stores) =>
        stores.optOuts.change({ carrier, phone, isOut: false, by: 'operator' }),
      )
      if (!isRemoved)
        throw new CommandFailure(
          `${phone} has not answered STOP to ${carrier}. "watchword opt-outs list" shows who has.`,
        )
      if (json) return context.terminal.printJson({ carrier, phone, removed: true })
      context.terminal.print(`${phone} gets messages of ${carrier} again`)
    })
}

function readPhone(typed: string): PhoneNumber {
  const phone = parsePhoneNumber(typed)
  if (phone === null)
    throw usageFailure(`"${typed}" is no phone number: write it in E.164, as +2250701020304`)
  return phone
}
