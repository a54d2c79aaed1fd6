import { LRUCache } from 'lru-cache'
import { defaultProjectSettings, type Project, type ProjectId } from '../../domain/project.ts'
import { isNotice, type StoredText, type TextDraft, type TextKey } from '../../domain/text.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { ProjectStore } from '../../engine/ports/projects.ts'
import type { TextStore } from '../../engine/ports/texts.ts'
import { builtInText } from './built-in.ts'
import { type CompiledText, compileText } from './compile-text.ts'
import { validateTemplate } from './validate-text.ts'

/** How a project words its messages. */
export type ProjectTemplates = {
  project: Pick<Project, 'name' | 'settings'>
  /** The project's own text for this purpose, else for every code, else ours. */
  textFor: (key: TextKey) => CompiledText
}

export type LoadTemplates = (id: ProjectId) => Promise<ProjectTemplates>

/** How long the words of a project are believed without asking again: a node sends as many messages in that time. */
const believedMilliseconds = 1_000
const fallback = { name: 'Watchword', settings: defaultProjectSettings }

/** Loads the templates of projects, and keeps it for a moment. Texts that stay the same are compiled once. */
export function createLoadTemplates({
  projects,
  texts,
  log,
}: {
  projects: Pick<ProjectStore, 'find'>
  texts: Pick<TextStore, 'list'>
  log: DeliveryLog
}): LoadTemplates {
  const compile = createCompiler(log)
  const known = new LRUCache<ProjectId, ProjectTemplates, void>({
    max: 10_000,
    ttl: believedMilliseconds,
    // While the database is away, what was sent before can still be sent again.
    allowStaleOnFetchRejection: true,
    fetchMethod: async (id) => {
      const [project, own] = await Promise.all([projects.find(id), texts.list(id)])
      return createProjectTemplates(project ?? fallback, own, compile)
    },
  })
  return async (id) => (await known.fetch(id)) ?? createProjectTemplates(fallback, [], compile)
}

type Compile = (key: TextKey, draft: TextDraft) => CompiledText | null

/** The templates of one project. */
export function createProjectTemplates(
  project: ProjectTemplates['project'],
  own: readonly StoredText[],
  compile: Compile = compileText,
): ProjectTemplates {
  const drafts = new Map(own.map((text) => [nameOf(text), text]))
  const compileOwn = (key: TextKey): CompiledText | null => {
    const draft = drafts.get(nameOf(key))
    return draft === undefined ? null : compile(key, draft)
  }
  const choose = (key: TextKey): CompiledText =>
    compileOwn(key) ??
    (isNotice(key.purpose) ? null : compileOwn({ ...key, purpose: 'code' })) ??
    compile(key, builtInText(key)) ??
    compileText(key, builtInText(key))

  const chosen = new Map<string, CompiledText>()
  return {
    project,
    textFor(key) {
      const name = nameOf(key)
      const text = chosen.get(name) ?? choose(key)
      chosen.set(name, text)
      return text
    },
  }
}

const nameOf = ({ channel, purpose, locale }: TextKey): string => `${channel} ${purpose} ${locale}`

/** Compiles a text once for all projects that use these very words; null for one that was stored although it is broken. */
function createCompiler(log: DeliveryLog): Compile {
  const compiled = new LRUCache<string, { text: CompiledText | null }>({ max: 5_000 })
  return (key, draft) => {
    const name = JSON.stringify([key.channel, isNotice(key.purpose), key.locale, draft.subject, draft.body])
    const known = compiled.get(name)
    if (known !== undefined) return known.text
    const [issue] = validateTemplate(key, draft)
    // Written past our commands since the start. A code in our words is better than none.
    if (issue !== undefined) log.error({ ...key, ...issue }, 'delivery.text-broken')
    const text = issue === undefined ? compileText(key, draft) : null
    compiled.set(name, { text })
    return text
  }
}
