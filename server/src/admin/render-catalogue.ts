import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventCatalogue, eventTypes, webhookEventTypes } from '../domain/event.ts'

/*
 * The tables of events in docs/webhooks.md and docs/audit.md. `node server/dist/admin/render-catalogue.js` writes them; a
 * test compares them.
 */

/** Renders a table of the events that webhooks can receive, or of all events. */
export function renderEventCatalogue({ isPublic }: { isPublic: boolean }): string {
  const rows = (isPublic ? webhookEventTypes : eventTypes).map((type) => {
    const { description, details, isAction } = eventCatalogue[type]
    const fields = isAction ? [...details, 'actor'] : details
    return `| \`${type}\` | ${description} | ${fields.map((detail) => `\`${detail}\``).join(', ')} |`
  })
  return ['| Event | What it says | Its own fields |', '| --- | --- | --- |', ...rows].join('\n')
}

const tables = [
  { page: 'webhooks', isPublic: true },
  { page: 'audit', isPublic: false },
]

/** Writes the tables into their pages. */
function writeTables(): void {
  for (const { page, isPublic } of tables) {
    const url = new URL(`../../../docs/${page}.md`, import.meta.url)
    const table = `${renderEventCatalogue({ isPublic })}\n`
    writeFileSync(url, readFileSync(url, 'utf8').replace(/\| Event \| What[\s\S]*?\n(?=\n)/, table))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeTables()
