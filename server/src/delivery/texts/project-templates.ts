import { LRUCache } from 'lru-cache'
import { defaultProjectSettings, type Project, type ProjectId } from '../../domain/project.ts'
import { isNotice, type StoredText, type TextDraft, type TextKey } from '../../domain/text.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { ProjectStore } from '../../engine/ports/projects.ts'
import type { TextStore } from '../../engine/ports/texts.ts'
import { builtInText } from './built-in.ts'
import { type CompiledText, compileText } from './compile-text.ts'
import { validateTemplate } from './validate-text.ts'

/** The templates of a project's messages, with its name and settings. */
export type ProjectTemplates = {
  project: Pick<Project, 'name' | 'settings'>
  /** The project's own text for this purpose, else its text for every code, else the built-in one. */
  textFor: (key: TextKey) => CompiledText
}

export type LoadTemplates = (id: ProjectId) => Promise<ProjectTemplates>

/** How long templates are cached: a node sends many messages of a project in that time. */
const cacheMilliseconds = 1_000
const fallback = { name: 'Watchword', settings: defaultProjectSettings }

/** Loads the templates of projects, and caches them. Texts that stay the same are compiled once. */
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
    ttl: cacheMilliseconds,
    // While the database is unavailable, messages can still be sent with the last known templates.
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

/** Compiles a text once for all projects that use the same one; null for a stored text that is broken. */
function createCompiler(log: DeliveryLog): Compile {
  const compiled = new LRUCache<string, { text: CompiledText | null }>({ max: 5_000 })
  return (key, draft) => {
    const name = JSON.stringify([key.channel, isNotice(key.purpose), key.locale, draft.subject, draft.body])
    const known = compiled.get(name)
    if (known !== undefined) return known.text
    const [issue] = validateTemplate(key, draft)
    // Written since the start, without our commands. A code in the built-in text is better than none.
    if (issue !== undefined) log.error({ ...key, ...issue }, 'delivery.text-broken')
    const text = issue === undefined ? compileText(key, draft) : null
    compiled.set(name, { text })
    return text
  }
}
