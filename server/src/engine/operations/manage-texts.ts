import { type Address, type Channel, parseEmailAddress, parsePhoneNumber } from '../../domain/address.ts'
import type { Issue } from '../../domain/issue.ts'
import type { Project, ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import {
  isNotice,
  type StoredText,
  type TextDraft,
  type TextKey,
  type TextPreview,
  type TextValidation,
} from '../../domain/text.ts'
import type { ProjectStore } from '../ports/projects.ts'
import type { SampleAttempt } from '../ports/sample-attempt.ts'
import type { TextStore } from '../ports/texts.ts'

/** What delivery knows of texts. Values in a preview are samples; the code opens nothing. */
export type TextTools = {
  /** What codes are for on this server. */
  purposes: readonly PurposeName[]
  builtIn: (key: TextKey) => TextDraft
  validate: (key: TextKey, draft: TextDraft, project: Project) => TextValidation
  preview: (key: TextKey, draft: TextDraft, project: Project) => TextPreview
}

/** Sends a text with sample values, now and once, through the carriers of its channel in their order. */
export type DeliverSample = (sample: {
  project: Project
  key: TextKey
  draft: TextDraft
  to: Address
}) => Promise<SampleAttempt[]>

/** `own`: written for this very purpose. `own-code`: for every code. `built-in`: ours. */
export type TextSource = 'own' | 'own-code' | 'built-in'

export type ShownText = {
  key: TextKey
  draft: TextDraft
  source: TextSource
  updatedAt: Date | null
  warnings: Issue[]
}

type Unknown = { ok: false; refusal: 'project-unknown' }

type Broken = { ok: false; refusal: 'broken'; issues: Issue[] }

export type ManageTexts = {
  list: (projectId: ProjectId) => Promise<{ ok: true; texts: ShownText[] } | Unknown>
  /** The text that is in force, whoever wrote it. */
  show: (projectId: ProjectId, key: TextKey) => Promise<{ ok: true; text: ShownText } | Unknown>
  set: (
    projectId: ProjectId,
    key: TextKey,
    draft: TextDraft,
  ) => Promise<{ ok: true; warnings: Issue[] } | Unknown | Broken>
  remove: (
    projectId: ProjectId,
    key: TextKey,
  ) => Promise<{ ok: true } | Unknown | { ok: false; refusal: 'text-unknown' }>
  /** Of the draft, or without one of the text in force. */
  preview: (
    projectId: ProjectId,
    key: TextKey,
    draft: TextDraft | null,
  ) => Promise<{ ok: true; preview: TextPreview; warnings: Issue[] } | Unknown | Broken>
  /** Sends the text in force. Outside of every limit: whoever may do this may change the limits too. */
  send: (
    projectId: ProjectId,
    key: TextKey,
    to: string,
  ) => Promise<
    { ok: true; to: Address; attempts: SampleAttempt[] } | Unknown | { ok: false; refusal: 'not-an-address' }
  >
}

export type ManageTextsParts = {
  projects: Pick<ProjectStore, 'find'>
  texts: TextStore
  tools: TextTools
  deliverSample: DeliverSample
}

/** What an operator does to the texts of a project; for the admin API and the command line alike. */
export function createManageTexts({ projects, texts, tools, deliverSample }: ManageTextsParts): ManageTexts {
  const withProject = async <Result>(
    projectId: ProjectId,
    work: (project: Project) => Promise<Result>,
  ): Promise<Result | Unknown> => {
    const project = await projects.find(projectId)
    return project === null ? { ok: false, refusal: 'project-unknown' } : work(project)
  }

  const inForce = async (project: Project, key: TextKey): Promise<ShownText> => {
    const own = findOwn(await texts.list(project.id), key)
    const draft = own?.text ?? tools.builtIn(key)
    return {
      key,
      draft: { subject: draft.subject, body: draft.body },
      source: own?.source ?? 'built-in',
      updatedAt: own?.text.updatedAt ?? null,
      warnings: tools.validate(key, draft, project).warnings,
    }
  }

  return {
    list: (projectId) =>
      withProject(projectId, async (project) => ({
        ok: true as const,
        texts: (await texts.list(projectId)).map((text) => describeOwn(text, project, tools)),
      })),

    show: (projectId, key) =>
      withProject(projectId, async (project) => ({ ok: true as const, text: await inForce(project, key) })),

    set: (projectId, key, draft) =>
      withProject(projectId, async (project) => {
        const { issues, warnings } = tools.validate(key, draft, project)
        if (issues.length > 0) return { ok: false as const, refusal: 'broken' as const, issues }
        await texts.put(projectId, { ...key, ...draft })
        return { ok: true as const, warnings }
      }),

    remove: (projectId, key) =>
      withProject(projectId, async () =>
        (await texts.remove(projectId, key))
          ? { ok: true as const }
          : { ok: false as const, refusal: 'text-unknown' as const },
      ),

    preview: (projectId, key, given) =>
      withProject(projectId, async (project) => {
        const draft = given ?? (await inForce(project, key)).draft
        const { issues, warnings } = tools.validate(key, draft, project)
        if (issues.length > 0) return { ok: false as const, refusal: 'broken' as const, issues }
        return { ok: true as const, preview: tools.preview(key, draft, project), warnings }
      }),

    send: (projectId, key, to) =>
      withProject(projectId, async (project) => {
        const address = parseAddress(key.channel, to, project)
        if (address === null) return { ok: false as const, refusal: 'not-an-address' as const }
        const { draft } = await inForce(project, key)
        return {
          ok: true as const,
          to: address,
          attempts: await deliverSample({ project, key, draft, to: address }),
        }
      }),
  }
}

function findOwn(own: StoredText[], key: TextKey): { text: StoredText; source: TextSource } | null {
  const find = (purpose: TextKey['purpose']): StoredText | undefined =>
    own.find((text) => text.channel === key.channel && text.locale === key.locale && text.purpose === purpose)
  const exact = find(key.purpose)
  if (exact !== undefined) return { text: exact, source: 'own' }
  const shared = isNotice(key.purpose) ? undefined : find('code')
  return shared === undefined ? null : { text: shared, source: 'own-code' }
}

function describeOwn(text: StoredText, project: Project, tools: TextTools): ShownText {
  const { channel, purpose, locale, subject, body, updatedAt } = text
  const key = { channel, purpose, locale }
  const draft = { subject, body }
  const { issues, warnings } = tools.validate(key, draft, project)
  return { key, draft, source: 'own', updatedAt, warnings: [...issues, ...warnings] }
}

const parseAddress = (channel: Channel, to: string, { settings }: Project): Address | null =>
  channel === 'email' ? parseEmailAddress(to) : parsePhoneNumber(to, { region: settings.region })
