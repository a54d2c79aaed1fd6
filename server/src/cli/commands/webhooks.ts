import type { Command } from 'commander'
import { renderDelivery, renderWebhook } from '../../admin/render-events.ts'
import { type EventType, webhookEventTypes } from '../../domain/event.ts'
import { isWebhookEventType } from '../../domain/webhook.ts'
import type { WebhookRefusal } from '../../engine/operations/manage-webhooks.ts'
import type { Webhook } from '../../engine/ports/webhooks.ts'
import type { AddCommand, CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
import { withWebhooks } from './webhooks-parts.ts'
import { addReplay } from './webhooks-replay.ts'

/** `watchword webhooks …`: where the events of a project are delivered. */
export const addWebhooksCommands: AddCommand = (program, context) => {
  const group = program.command('webhooks').description('deliver the events of a project to a URL')
  addCreate(group, context)
  addList(group, context)
  addUpdate(group, context)
  addDelete(group, context)
  addDeliveries(group, context)
  addReplay(group, context)
}

const refusalMessages: Record<WebhookRefusal, string> = {
  'project-unknown': 'There is no such project.',
  'webhook-unknown': 'There is no such webhook: "watchword webhooks list PROJECT" shows them.',
  'not-a-url': 'The URL of a webhook is an https URL without a password and without a fragment.',
  'too-many': 'The project has 20 webhooks, which is as many as it may have.',
}

/** The result, or a failure in words. */
function orFail<Done extends { ok: true }>(result: Done | { ok: false; refusal: WebhookRefusal }): Done {
  if (result.ok) return result
  throw new CommandFailure(refusalMessages[result.refusal])
}

const eventsFlags = '--events <type...>'

function readTypes(given: string[] | undefined): EventType[] | null {
  if (given === undefined) return null
  const words = given.flatMap((word) => word.split(',')).filter((word) => word !== '')
  const types = words.filter(isWebhookEventType)
  if (types.length === words.length && types.length > 0) return [...new Set(types)]
  throw usageFailure(`--events takes ${webhookEventTypes.join(', ')}`)
}

function addCreate(group: Command, context: CommandContext): void {
  group
    .command('create <project> <url>')
    .description('deliver events to a URL, signed with a secret of its own')
    .option(eventsFlags, 'which events; by default all that webhooks may receive')
    .option('--json', 'print {"secret", "webhookId", …}')
    .addHelpText(
      'after',
      `
The secret is shown once. Events hold addresses, so the URL must be https; they never hold a code.

Examples:
  $ watchword webhooks create PRJ_abc123def456 https://example.com/hooks --events challenge.verified challenge.failed`,
    )
    .action(async (project: string, url: string, options: { events?: string[]; json?: true }) => {
      const eventTypes = readTypes(options.events)
      const made = orFail(
        await withWebhooks(context, project, (manage, id) => manage.create(id, { url, eventTypes })),
      )
      printSecret(context, made, options.json)
    })
}

function printSecret(
  { terminal }: CommandContext,
  { webhook, secret }: { webhook: Webhook; secret: { reveal(): string } },
  isJson: true | undefined,
): void {
  const apart = { secret: secret.reveal() }
  if (isJson) {
    terminal.printJson({ ...apart, ...renderWebhook(webhook) })
    return
  }
  terminal.print(`Webhook  ${webhook.id}`)
  terminal.print(`Secret   ${terminal.paint('bold', apart.secret)}`)
  terminal.note(terminal.paintNote('dim', 'Keep the secret now: it cannot be shown again.'))
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list <project>')
    .description('list the webhooks of a project, oldest first, without their secrets')
    .option('--json', 'print an array')
    .addHelpText('after', '\nExamples:\n  $ watchword webhooks list PRJ_abc123def456')
    .action(async (project: string, { json }: { json?: true }) => {
      const { terminal } = context
      const webhooks = (await withWebhooks(context, project, (manage, id) => manage.list(id))) ?? []
      if (json) return terminal.printJson(webhooks.map(renderWebhook))
      if (webhooks.length === 0) return terminal.note('There is no webhook yet.')
      terminal.print(renderTable(['WEBHOOK', 'URL', 'EVENTS', 'STATE'], webhooks.map(renderRow), terminal))
    })
}

const renderRow = ({ id, url, eventTypes, isEnabled, disabledReason, failingSince }: Webhook): string[] => [
  id,
  url,
  eventTypes.length === webhookEventTypes.length ? 'all' : eventTypes.join(' '),
  !isEnabled
    ? `disabled${disabledReason === null ? '' : `: ${disabledReason}`}`
    : failingSince === null
      ? 'enabled'
      : `failing since ${failingSince.toISOString().slice(0, 16).replace('T', ' ')}`,
]

type UpdateOptions = {
  url?: string
  events?: string[]
  enable?: true
  disable?: true
  newSecret?: true
  json?: true
}

function addUpdate(group: Command, context: CommandContext): void {
  group
    .command('update <project> <webhook>')
    .description('change a webhook, switch it off or on, or give it a new secret')
    .option('--url <url>', 'where to deliver events from now on')
    .option(eventsFlags, 'which events')
    .option('--enable', 'switch it on again, and deliver what was waiting')
    .option('--disable', 'switch it off')
    .option('--new-secret', 'make a new secret; the former one continues to sign for a day')
    .option('--json', 'print the webhook')
    .addHelpText(
      'after',
      '\nExamples:\n  $ watchword webhooks update PRJ_abc123def456 WHK_0f1e2d3c4b5a --new-secret',
    )
    .action((project: string, webhook: string, options: UpdateOptions) =>
      update(context, { project, webhook }, options),
    )
}

async function update(
  context: CommandContext,
  { project, webhook }: { project: string; webhook: string },
  options: UpdateOptions,
): Promise<void> {
  const eventTypes = readTypes(options.events)
  if (options.enable && options.disable) throw usageFailure('Say --enable or --disable, not both')
  const change = {
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(eventTypes === null ? {} : { eventTypes }),
    ...(options.enable || options.disable ? { isEnabled: options.enable === true } : {}),
  }
  const hasChange = Object.keys(change).length > 0
  if (!hasChange && !options.newSecret) throw usageFailure('Say what to change; see --help')
  await withWebhooks(context, project, async (manage, id) => {
    if (hasChange) {
      const changed = orFail(await manage.update(id, webhook, change))
      if (!options.newSecret && options.json) context.terminal.printJson(renderWebhook(changed.webhook))
      if (!options.newSecret && !options.json) context.terminal.print(`Changed ${webhook}.`)
    }
    if (options.newSecret) printSecret(context, orFail(await manage.rotate(id, webhook)), options.json)
  })
}

function addDelete(group: Command, context: CommandContext): void {
  group
    .command('delete <project> <webhook>')
    .description('remove a webhook, and its waiting deliveries')
    .option('--json', 'print {"webhookId", "deleted": true}')
    .addHelpText('after', '\nExamples:\n  $ watchword webhooks delete PRJ_abc123def456 WHK_0f1e2d3c4b5a')
    .action(async (project: string, webhook: string, { json }: { json?: true }) => {
      const isGone = await withWebhooks(context, project, (manage, id) => manage.remove(id, webhook))
      if (!isGone) throw new CommandFailure(refusalMessages['webhook-unknown'])
      if (json) return context.terminal.printJson({ webhookId: webhook, deleted: true })
      context.terminal.print(`Deleted ${webhook}.`)
    })
}

function addDeliveries(group: Command, context: CommandContext): void {
  group
    .command('deliveries <project> <webhook>')
    .description('show the deliveries of a webhook, newest first, at most 100')
    .option('--state <state>', 'only those that are waiting, delivered or failed')
    .option('--json', 'print an array')
    .addHelpText(
      'after',
      '\nExamples:\n  $ watchword webhooks deliveries PRJ_abc123def456 WHK_0f1e2d3c4b5a --state failed',
    )
    .action(async (project: string, webhook: string, options: { state?: string; json?: true }) => {
      const state =
        (['waiting', 'delivered', 'failed'] as const).find((word) => word === options.state) ?? null
      if (options.state !== undefined && state === null)
        throw usageFailure('--state takes waiting, delivered or failed')
      const query = { state, before: null, limit: 100 }
      const found = await withWebhooks(context, project, (manage, id) =>
        manage.deliveries(id, webhook, query),
      )
      if (found === null) throw new CommandFailure(refusalMessages['webhook-unknown'])
      const { terminal } = context
      const deliveries = found.map(renderDelivery)
      if (options.json) return terminal.printJson(deliveries)
      if (deliveries.length === 0) return terminal.note('There is none.')
      const rows = deliveries.map(({ eventId, type, state, attempts, lastDetail, nextAt }) => [
        eventId,
        type,
        state,
        String(attempts),
        lastDetail ?? '',
        nextAt?.slice(0, 19).replace('T', ' ') ?? '',
      ])
      terminal.print(renderTable(['EVENT', 'TYPE', 'STATE', 'ATTEMPTS', 'LAST', 'NEXT'], rows, terminal))
    })
}
