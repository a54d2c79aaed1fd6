import type { TextStore } from '../../engine/ports/texts.ts'
import { judgeWords } from './judge-text.ts'

const shownMax = 20

/**
 * Stops the start when a stored text is broken: written past our commands, or by rules that have changed since. It would
 * otherwise be found by the first person who waits for a code.
 */
export async function refuseBrokenTexts(texts: Pick<TextStore, 'listAll'>): Promise<void> {
  const mistakes = (await texts.listAll()).flatMap((text) =>
    judgeWords(text, text).map(({ place, message }) => {
      const { projectId, channel, purpose, locale } = text
      const remedy = `watchword texts set ${projectId} ${channel} ${purpose} ${locale} …`
      return `The text ${channel} ${purpose} ${locale} of ${projectId}: ${place} ${message} ("${remedy}", or "texts remove").`
    }),
  )
  if (mistakes.length === 0) return
  const more = mistakes.length > shownMax ? [`And ${mistakes.length - shownMax} more.`] : []
  throw new Error([...mistakes.slice(0, shownMax), ...more].join('\n'))
}
