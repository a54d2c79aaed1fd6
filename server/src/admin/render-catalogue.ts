import { eventCatalogue, eventTypes, webhookEventTypes } from '../domain/event.ts'

/*
 * The tables of events that stand in docs/webhooks.md and docs/audit.md; a test compares them.
 */

/** A table of the events that webhooks may ask for, or of all. */
export function renderEventCatalogue({ isToldOutside }: { isToldOutside: boolean }): string {
  const rows = (isToldOutside ? webhookEventTypes : eventTypes).map((type) => {
    const { says, details } = eventCatalogue[type]
    return `| \`${type}\` | ${says} | ${details.map((detail) => `\`${detail}\``).join(', ')} |`
  })
  return ['| Event | What it says | Its own fields |', '| --- | --- | --- |', ...rows].join('\n')
}
