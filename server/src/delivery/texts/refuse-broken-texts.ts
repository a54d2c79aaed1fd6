import type { TextStore } from '../../engine/ports/texts.ts'
import { validateTemplate } from './validate-text.ts'

const shownMax = 20

/**
 * Stops the start when a stored text is broken: it was written without our commands, or the rules have changed since.
 * Otherwise the first person who waits for a code would find it.
 */
export async function refuseBrokenTexts(texts: Pick<TextStore, 'listAll'>): Promise<void> {
  const issues = (await texts.listAll()).flatMap((text) =>
    validateTemplate(text, text).map(({ path, message }) => {
      const { projectId, channel, purpose, locale } = text
      const remedy = `watchword texts set ${projectId} ${channel} ${purpose} ${locale} …`
      return `The text ${channel} ${purpose} ${locale} of ${projectId}: ${path} ${message} ("${remedy}", or "texts remove").`
    }),
  )
  if (issues.length === 0) return
  const more = issues.length > shownMax ? [`And ${issues.length - shownMax} more.`] : []
  throw new Error([...issues.slice(0, shownMax), ...more].join('\n'))
}
