import Type from 'typebox'
import { accountTypes } from '../domain/account.ts'
import type { ProjectId } from '../domain/project.ts'
import type { RunImports } from '../engine/operations/run-imports.ts'
import { type ImportJob, type ImportJobStore, importStates } from '../engine/ports/import-jobs.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import {
  badRequest,
  conflict,
  noSuchProject,
  nullable,
  oneOf,
  projectAnswers,
  renderError,
  wholeNumberField,
} from './answers.ts'
import { errors } from './errors.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type ImportRouteParts = {
  projects: Pick<ProjectStore, 'find'>
  importJobs: ImportJobStore
  runImports: Pick<RunImports, 'start'>
}

const path = '/admin/v1/projects/:projectId/imports'
const contentLengthMax = 8_000_000
/** Its line ends are two characters in JSON, and its letters up to three bytes. */
const bodyBytesMax = 24 * 1024 * 1024

/** The routes that import users. */
export const createImportRoutes = (parts: ImportRouteParts): AdminRoute[] => [
  startRoute(parts),
  listRoute(parts),
  findRoute(parts),
]

const moment = Type.String({ format: 'date-time' })

const importSchema = Type.Object(
  {
    importId: Type.String(),
    state: oneOf(importStates),
    share: Type.Number({ description: 'How much of the file has been read, from 0 to 1.' }),
    lines: Type.Integer(),
    stored: Type.Integer(),
    withoutPassword: Type.Integer(),
    skipped: Type.Array(Type.String({ description: 'A name that nothing here stands for.' })),
    badLines: Type.Integer(),
    bad: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() })),
    problem: nullable(Type.String({ description: 'Why nothing was read.' })),
    createdAt: moment,
    endedAt: nullable(moment),
  },
  {
    examples: [
      {
        importId: 'IMP_0f1e2d3c4b5a',
        state: 'finished',
        share: 1,
        lines: 1200,
        stored: 1199,
        withoutPassword: 0,
        skipped: ['last_sign_in_at'],
        badLines: 1,
        bad: [{ line: 17, reason: 'email belongs to an account of this type already' }],
        problem: null,
        createdAt: '2030-01-31T08:00:00.000Z',
        endedAt: '2030-01-31T08:00:09.000Z',
      },
    ],
  },
)

const startRoute = ({ projects, runImports }: ImportRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path,
    role: 'operator',
    bodyBytesMax,
    summary: 'Import users from the text of a file, in the background',
    description:
      'CSV or JSON, in our layout or as Supabase, Firebase and Auth0 write it. Good lines are stored although others are bad, unless `keep` is `all-or-none`.',
    body: Type.Object({
      content: Type.String({ minLength: 1, maxLength: contentLengthMax }),
      type: Type.Optional(oneOf(accountTypes)),
      keep: Type.Optional(oneOf(['good', 'all-or-none'])),
      skipUnknownColumns: Type.Optional(Type.Boolean()),
      withoutForeignPasswords: Type.Optional(
        Type.Boolean({ description: 'Imports users whose hashes cannot be checked here, without them.' }),
      ),
    }),
    examples: { csv: { content: 'email,first_name\nada@example.com,Ada\n', type: 'USER' } },
    answers: {
      202: { description: 'It runs.', schema: importSchema },
      ...badRequest,
      ...projectAnswers,
      ...conflict(errors.importRuns.message),
    },
    async handle({ params, body }, { actor }) {
      const project = await projects.find(params.projectId as ProjectId)
      if (project === null) return noSuchProject()
      const job = await runImports.start({
        project,
        content: body.content,
        type: body.type ?? 'USER',
        isAllOrNothing: body.keep === 'all-or-none',
        skipsUnknownColumns: body.skipUnknownColumns ?? false,
        dropsForeignPasswords: body.withoutForeignPasswords ?? false,
        actor,
      })
      return job === null ? renderError(errors.importRuns) : { status: 202, body: renderImport(job) }
    },
  })

const listRoute = ({ projects, importJobs }: ImportRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List the imports of the last 30 days, newest first',
    query: Type.Object({ limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }) }),
    answers: {
      200: { description: 'The imports.', schema: Type.Object({ imports: Type.Array(importSchema) }) },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      const jobs = await importJobs.list(id, Number(query.limit ?? 50))
      return { status: 200, body: { imports: jobs.map(renderImport) } }
    },
  })

const findRoute = ({ importJobs }: ImportRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: `${path}/:importId`,
    role: 'viewer',
    summary: 'Get one import: how far it is, and which lines are bad',
    answers: { 200: { description: 'The import.', schema: importSchema }, ...projectAnswers },
    async handle({ params }) {
      const job = await importJobs.find(params.projectId as ProjectId, params.importId ?? '')
      return job === null ? renderError(errors.noImport) : { status: 200, body: renderImport(job) }
    },
  })

const renderImport = ({ id, state, share, report, createdAt, endedAt }: ImportJob) => ({
  importId: id,
  state,
  share,
  ...report,
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
})
