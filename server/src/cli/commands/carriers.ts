import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { renderCarrier } from '../../admin/carriers.ts'
import { parseJsonText } from '../../domain/json-text.ts'
import { renderCarrierIssues, type ShownCarrier } from '../../engine/operations/manage-carriers.ts'
import type { CarrierSettings } from '../../engine/ports/carriers.ts'
import type { AddCommand, CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
import { noCarrier, withCarriers } from './carriers-parts.ts'
import { addCarrierTest } from './carriers-test.ts'

/** `watchword carriers …`: what delivers messages, besides the carriers of the configuration. */
export const addCarriersCommands: AddCommand = (program, context) => {
  const group = program
    .command('carriers')
    .description('set up carriers of running servers, and see how they perform')
  addList(group, context)
  addShow(group, context)
  addSet(group, context)
  addRemove(group, context)
  addCarrierTest(group, context)
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description('list the carriers, and how many of their messages of the last day arrived')
    .option('--json', 'print an array')
    .addHelpText('after', '\nExamples:\n  $ watchword carriers list')
    .action(async ({ json }: { json?: true }) => {
      const { terminal } = context
      const carriers = await withCarriers(context, ({ manage }) => manage.list())
      if (json) return terminal.printJson(carriers.map(renderKnown))
      if (carriers.length === 0)
        return terminal.note('There is no carrier yet: "watchword carriers set NAME --kind KIND …".')
      const headings = ['CARRIER', 'KIND', 'FROM', 'CHANNEL', 'COUNTRY', 'ARRIVED', 'LOST', 'RATE', 'ASKED']
      terminal.print(renderTable(headings, carriers.flatMap(renderRows), terminal))
    })
}

function renderRows({ name, kind, source, channels, fault, rates }: ShownCarrier): string[][] {
  const about = [name, kind, fault === null ? source : `${source}, broken`]
  if (rates.length === 0) return [[...about, channels.join(', ') || '-', '-', '-', '-', '-', '-']]
  return rates.map(({ channel, country, delivered, lost, successRate, demotion }) => [
    ...about,
    channel,
    country ?? '-',
    `${delivered}`,
    `${lost}`,
    renderShare(successRate),
    demotion === null
      ? 'in its place'
      : `last: ${renderShare(demotion.successRate)} of late, not ${renderShare(demotion.expectedRate)}`,
  ])
}

const renderShare = (share: number | null): string =>
  share === null ? '-' : `${Math.round(share * 1000) / 10} %`

function addShow(group: Command, context: CommandContext): void {
  group
    .command('show <carrier>')
    .description('show a carrier and where its provider reports to; of secrets only the last four characters')
    .option('--json', 'print the carrier')
    .addHelpText('after', '\nExamples:\n  $ watchword carriers show orange')
    .action(async (name: string, { json }: { json?: true }) => {
      const { terminal } = context
      const carrier = await withCarriers(context, ({ manage }) => manage.show(name))
      if (carrier === null) throw noCarrier(name)
      if (json) return terminal.printJson(renderKnown(carrier))
      const { kind, source, channels, settings, fault } = carrier
      const settingRows = Object.entries(settings ?? {}).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ])
      const rows = [
        ['kind', kind],
        ['from', source],
        ['channels', channels.join(', ')],
        ...(fault === null ? [] : [['fault', fault]]),
        ['reports to', renderReceiptUrl(carrier)],
        ...(carrier.verifyToken === null ? [] : [['verify token', carrier.verifyToken]]),
        ...settingRows,
      ]
      terminal.print(renderTable([name, ''], rows, terminal))
    })
}

/** With `PORT=0` only the listening server knows its port. */
const isPortOpen = ({ receiptUrl }: Pick<ShownCarrier, 'receiptUrl'>): boolean =>
  receiptUrl !== null && new URL(receiptUrl).port === '0'

const renderReceiptUrl = (carrier: Pick<ShownCarrier, 'receiptUrl'>): string =>
  isPortOpen(carrier)
    ? 'unknown: PORT=0 takes a free port, and PUBLIC_URL names none'
    : (carrier.receiptUrl ?? '-')

const renderKnown = (carrier: ShownCarrier) =>
  renderCarrier(isPortOpen(carrier) ? { ...carrier, receiptUrl: null } : carrier)

type SetOptions = { kind: string; set?: string[]; file?: string; json?: true }

function addSet(group: Command, context: CommandContext): void {
  group
    .command('set <carrier>')
    .description('set up a carrier, or change all of its settings')
    .requiredOption('--kind <kind>', 'its kind, such as twilio-sms')
    .option('--set <setting...>', 'settings as NAME=VALUE')
    .option('--file <file>', 'a JSON file with settings ("-" for standard input)')
    .option('--json', 'print the carrier')
    .addHelpText(
      'after',
      `
Other processes see what stands on a command line: give secrets as \${VARIABLE} in single quotes, which stands for that
variable or for the file that VARIABLE_FILE names, or by --file. They are sealed and never shown again. Servers use the
carrier within a few seconds. Kinds and their settings: "watchword docs carriers"

Examples:
  $ watchword carriers set gateway --kind webhook --set 'url=\${GATEWAY_URL}'
  $ watchword carriers set twilio --kind twilio-sms --file twilio.json`,
    )
    .action(async (name: string, options: SetOptions) => {
      const settings = {
        ...(await readSettingsFile(options.file)),
        ...readPairs(options.set ?? [], await loadNumbers(options.kind)),
      }
      const result = await withCarriers(context, ({ manage }) =>
        manage.set(name, { kind: options.kind, settings }),
      )
      if (!result.ok)
        throw result.refusal === 'broken'
          ? new CommandFailure(renderCarrierIssues(result.issues))
          : new CommandFailure(`The configuration has the carrier ${name}: change it there.`)
      if (options.json) return context.terminal.printJson(renderKnown(result.carrier))
      context.terminal.print(`Stored ${name} (${options.kind}), for ${result.carrier.channels.join(', ')}.`)
      if (result.carrier.receiptUrl !== null)
        context.terminal.note(`Its provider reports to: ${renderReceiptUrl(result.carrier)}`)
      if (result.carrier.verifyToken !== null)
        context.terminal.note(`Its verify token: ${result.carrier.verifyToken}`)
    })
}

async function readSettingsFile(file: string | undefined): Promise<CarrierSettings> {
  if (file === undefined) return {}
  try {
    const value = parseJsonText(await readFile(file === '-' ? '/dev/stdin' : file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as CarrierSettings
  } catch (cause) {
    // Input that cannot be parsed may be a secret, so it is not repeated.
    throw new CommandFailure(`The file ${file} cannot be read as JSON.`, { cause })
  }
  throw new CommandFailure(`The file ${file} must hold one JSON object with the settings.`)
}

/** The settings of a kind that are numbers: everything else that looks like a number is text. */
async function loadNumbers(kind: string): Promise<string[]> {
  const { carrierKinds } = await import('../../delivery/kinds/index.ts')
  const properties: Record<string, { type?: unknown }> =
    carrierKinds.find((known) => known.kind === kind)?.settings.properties ?? {}
  return Object.keys(properties).filter((key) => properties[key]?.type === 'integer')
}

function readPairs(pairs: string[], numbers: string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, text] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(pair) ?? []
      if (key === undefined || text === undefined) throw usageFailure('--set takes NAME=VALUE')
      return [key, numbers.includes(key) && /^\d{1,9}$/.test(text) ? Number(text) : readValue(text)]
    }),
  )
}

/** Parses only what is not text in any kind: otherwise a number in a text would need quotes. */
function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!text.startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    throw usageFailure('--set takes a map as JSON: \'voices={"fr": "Polly.Lea"}\'')
  }
}

function addRemove(group: Command, context: CommandContext): void {
  group
    .command('remove <carrier>')
    .description('remove a carrier that no route of a project names')
    .option('--json', 'print {"removed": true}')
    .addHelpText('after', '\nExamples:\n  $ watchword carriers remove gateway')
    .action(async (name: string, { json }: { json?: true }) => {
      const result = await withCarriers(context, ({ manage }) => manage.remove(name))
      if (!result.ok) {
        if (result.refusal === 'unknown') throw noCarrier(name)
        throw new CommandFailure(
          result.refusal === 'in-use'
            ? `Routes of ${result.projects.join(', ')} name it: change them first with "watchword routes set".`
            : `The configuration has the carrier ${name}: remove it there.`,
        )
      }
      if (json) return context.terminal.printJson({ removed: true })
      context.terminal.print(`Removed ${name}.`)
    })
}
