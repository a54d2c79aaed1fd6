import type { Command } from 'commander'
import { type Channel, channels } from '../../domain/address.ts'
import type { CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { type CarrierWork, noCarrier, withCarriers } from './carriers-parts.ts'

type TestOptions = { channel?: string; json?: true }

/** `watchword carriers test`: sends one message through one carrier. */
export function addCarrierTest(group: Command, context: CommandContext): void {
  group
    .command('test <carrier> <to>')
    .description('send a sample code, which opens nothing, by one carrier')
    .option('--channel <channel>', `one of ${channels.join(', ')}; by default the first that it serves`)
    .option('--json', 'print {"carrier", "outcome", "detail"}')
    .addHelpText('after', '\nExamples:\n  $ watchword carriers test twilio +2250701020304')
    .action(async (name: string, to: string, options: TestOptions) => {
      const asked = channels.find((channel) => channel === options.channel) ?? null
      if (options.channel !== undefined && asked === null)
        throw usageFailure(`--channel is one of ${channels.join(', ')}`)
      const answer = await withCarriers(context, (parts) => sendBy(parts, { name, to, asked }))
      if (options.json) context.terminal.printJson(answer)
      else
        context.terminal.print(
          `${name}: ${answer.outcome}${answer.detail === null ? '' : ` (${answer.detail})`}`,
        )
      if (answer.outcome !== 'accepted') context.finish(1)
    })
}

async function sendBy(
  { manage, config, stores }: CarrierWork,
  { name, to, asked }: { name: string; to: string; asked: Channel | null },
) {
  const carrier = await manage.show(name)
  if (carrier === null) throw noCarrier(name)
  const channel = asked ?? carrier.channels[0]
  const { testCarrierBeside } = await import('../../composition/carrier-commands.ts')
  const answer = channel === undefined ? null : await testCarrierBeside(config, stores, { name, channel, to })
  if (answer === null) throw new CommandFailure(`${name} does not serve ${channel ?? 'any channel'}.`)
  return answer
}
