import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventCatalogue, eventTypes, webhookEventTypes } from '../domain/event.ts'

/*
 * The tables of events that stand in docs/webhooks.md and docs/audit.md. `node server/dist/admin/render-catalogue.js`
 * writes them anew; a test compares them.
 */

/** A table of the events that webhooks may ask for, or of all. */
export function renderEventCatalogue({ isToldOutside }: { isToldOutside: boolean }): string {
  const rows = (isToldOutside ? webhookEventTypes : eventTypes).map((type) => {
    const { says, details } = eventCatalogue[type]
    return `| \`${type}\` | ${says} | ${details.map((detail) => `\`${detail}\``).join(', ')} |`
  })
  return ['| Event | What it says | Its own fields |', '| --- | --- | --- |', ...rows].join('\n')
}

const tables = [
  { page: 'webhooks', isToldOutside: true },
  { page: 'audit', isToldOutside: false },
]

/** Writes the tables into their pages. */
function writeTables(): void {
  for (const { page, isToldOutside } of tables) {
    const url = new URL(`../../../docs/${page}.md`, import.meta.url)
    const table = `${renderEventCatalogue({ isToldOutside })}\n`
    writeFileSync(url, readFileSync(url, 'utf8').replace(/\| Event \| What[\s\S]*?\n(?=\n)/, table))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeTables()
