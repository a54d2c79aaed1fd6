import { projectSettings } from '../../src/domain/project-settings.ts'
import type { Setting } from '../../src/domain/settings/setting.ts'

const begin = '<!-- Made of server/src/domain/project-settings.ts by docs.test.ts -u -->\n'
const end = '<!-- The end of the table -->\n'

/** A page with the current table of settings. */
export function withSettingsTable(page: string): string {
  const [before = '', rest] = page.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (after === undefined) throw new Error('The page has no place for the table of settings')
  return `${before}${begin}\n${renderTable()}\n${end}${after}`
}

function renderTable(): string {
  const entries: [string, Setting<unknown>][] = Object.entries(projectSettings)
  const rows = entries.map(([name, entry]) => {
    const more = entry.page === undefined ? '' : `; see [${entry.page}](${entry.page})`
    return [
      `\`${name}\``,
      `${asCode(entry.description)}${more}`,
      asCode(entry.takes),
      `\`${showJson(entry.default)}\``,
    ]
  })
  const lines = [['Setting', 'What it says', 'Takes', 'Default'], ['---', '---', '---', '---'], ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

/** Formats JSON and field names in a sentence as code. */
const asCode = (sentence: string): string =>
  sentence.replace(/[[{].*[\]}]|"[^"]+"|\b(null|true|false|region|recordId)\b|#\w{6}/g, '`$&`')

const showJson = (value: unknown): string => JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ')
