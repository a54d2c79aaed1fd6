import Type from 'typebox'
import { renderIssues } from '../domain/issue.ts'
import type { ProjectId } from '../domain/project.ts'
import type { PurposeName } from '../domain/purpose.ts'
import { parseTextKey, type TextKey } from '../domain/text.ts'
import type { DeliverSample, TextTools } from '../engine/operations/manage-texts.ts'
import { createManageTexts, type ManageTexts } from '../engine/operations/manage-texts.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { TextStore } from '../engine/ports/texts.ts'
import type { Answer, Call } from '../http/dialect.ts'
import { badRequest, noSuchProject, nullable, projectAnswers, renderError, renderWorded } from './answers.ts'
import { errors } from './errors.ts'
import { renderShownText } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { issueSchema, previewSchema, sampleAttemptsSchema, textSchemaFor } from './schemas.ts'

export type TextRouteParts = {
  projects: ProjectStore
  texts: TextStore
  tools: TextTools
  deliverSample: DeliverSample
}

type TextGroup = { manageTexts: ManageTexts; purposes: readonly PurposeName[] }

/** The routes for the texts of a project. */
export function createTextRoutes(parts: TextRouteParts): AdminRoute[] {
  const group = { manageTexts: createManageTexts(parts), purposes: parts.tools.purposes }
  return [
    listRoute(group),
    showRoute(group),
    setRoute(group),
    removeRoute(group),
    previewRoute(group),
    sendRoute(group),
  ]
}

const listPath = '/admin/v1/projects/:projectId/texts'
const textPath = `${listPath}/:channel/:purpose/:locale`
/** Room for the longest mail body in a script of three bytes a letter, with its escapes. */
const bodyBytesMax = 64 * 1024

const listRoute = ({ manageTexts, purposes }: TextGroup): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: listPath,
    role: 'viewer',
    summary: 'List the project’s own texts',
    answers: {
      200: {
        description: 'All texts of the project.',
        schema: Type.Object({ texts: Type.Array(textSchemaFor(purposes)) }),
      },
      ...projectAnswers,
    },
    async handle({ params }) {
      const result = await manageTexts.list(params.projectId as ProjectId)
      return result.ok ? { status: 200, body: { texts: result.texts.map(renderShownText) } } : noSuchProject()
    },
  })

const showRoute = ({ manageTexts, purposes }: TextGroup): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: textPath,
    role: 'viewer',
    summary: 'Get the text in force, the project’s own or the built-in one',
    description:
      'channel: email, sms, whatsapp, voice. purpose: that of a code, `code` for every purpose without its own text, or a notice. locale: en, fr, sw, hi, ar, es, pt, de.',
    answers: {
      200: { description: 'The text.', schema: textSchemaFor(purposes) },
      ...badRequest,
      ...projectAnswers,
    },
    handle: (call) =>
      withKey(call, purposes, async (projectId, key) => {
        const result = await manageTexts.show(projectId, key)
        return result.ok ? { status: 200, body: renderShownText(result.text) } : noSuchProject()
      }),
  })

const draft = {
  subject: Type.Optional(nullable(Type.String({ description: 'For mail only.' }))),
  body: Type.String({ description: 'An ICU message with {code}, {project}, {minutes}; Markdown in mail.' }),
}
const examples = {
  sms: { body: '{code} opens {project}. Valid for {minutes, plural, one {# minute} other {# minutes}}.' },
}

const setRoute = ({ manageTexts, purposes }: TextGroup): AdminRoute =>
  defineRoute({
    method: 'PUT',
    path: textPath,
    role: 'operator',
    bodyBytesMax,
    summary: 'Set the project’s own text',
    description: 'The text is validated before it is stored. Every node uses it within a few seconds.',
    body: Type.Object(draft),
    examples,
    answers: {
      200: { description: 'Stored.', schema: Type.Object({ warnings: Type.Array(issueSchema) }) },
      ...badRequest,
      ...projectAnswers,
    },
    handle: (call: Call<{ subject?: string | null; body: string }>) =>
      withKey(call, purposes, async (projectId, key) => {
        const { subject = null, body } = call.body
        const result = await manageTexts.set(projectId, key, { subject, body })
        if (result.ok) return { status: 200, body: { warnings: result.warnings } }
        return result.refusal === 'broken' ? renderWorded(400, renderIssues(result.issues)) : noSuchProject()
      }),
  })

const removeRoute = ({ manageTexts, purposes }: TextGroup): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: textPath,
    role: 'operator',
    summary: 'Remove the project’s own text; the built-in one is in force again',
    answers: {
      200: { description: 'Removed.', schema: Type.Object({ removed: Type.Literal(true) }) },
      ...badRequest,
      ...projectAnswers,
    },
    handle: (call) =>
      withKey(call, purposes, async (projectId, key) => {
        const result = await manageTexts.remove(projectId, key)
        if (result.ok) return { status: 200, body: { removed: true } }
        return result.refusal === 'text-unknown' ? renderError(errors.noText) : noSuchProject()
      }),
  })

const previewRoute = ({ manageTexts, purposes }: TextGroup): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${textPath}/preview`,
    role: 'viewer',
    bodyBytesMax,
    summary: 'Preview a message',
    description: 'Renders the text in the body, or else the text in force, with a sample code.',
    body: Type.Object({ subject: draft.subject, body: Type.Optional(draft.body) }),
    examples,
    answers: {
      200: { description: 'The message.', schema: previewSchema },
      ...badRequest,
      ...projectAnswers,
    },
    handle: (call: Call<{ subject?: string | null; body?: string }>) =>
      withKey(call, purposes, async (projectId, key) => {
        const { subject = null, body } = call.body
        const given = body === undefined ? null : { subject, body }
        const result = await manageTexts.preview(projectId, key, given)
        if (result.ok) return { status: 200, body: { ...result.preview, warnings: result.warnings } }
        return result.refusal === 'broken' ? renderWorded(400, renderIssues(result.issues)) : noSuchProject()
      }),
  })

const sendRoute = ({ manageTexts, purposes }: TextGroup): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${textPath}/send`,
    role: 'operator',
    summary: 'Send the text in force as a test message',
    description: 'Sends a sample code, which opens nothing, through the carriers of the channel.',
    body: Type.Object({ to: Type.String({ maxLength: 254 }) }),
    examples: { phone: { to: '+255712345678' } },
    answers: {
      200: { description: 'What the carriers answered.', schema: sampleAttemptsSchema },
      ...badRequest,
      ...projectAnswers,
    },
    handle: (call: Call<{ to: string }>) =>
      withKey(call, purposes, async (projectId, key) => {
        const result = await manageTexts.send(projectId, key, call.body.to)
        if (result.ok) return { status: 200, body: { to: result.to, attempts: result.attempts } }
        return result.refusal === 'not-an-address'
          ? renderWorded(400, `to is no address for ${key.channel}`)
          : noSuchProject()
      }),
  })

async function withKey(
  { params }: Call,
  purposes: readonly PurposeName[],
  work: (projectId: ProjectId, key: TextKey) => Promise<Answer>,
): Promise<Answer> {
  const { projectId, channel, purpose, locale } = params
  const parsed = parseTextKey({ channel, purpose, locale }, purposes)
  return parsed.ok ? work(projectId as ProjectId, parsed.key) : renderWorded(400, renderIssues(parsed.issues))
}
