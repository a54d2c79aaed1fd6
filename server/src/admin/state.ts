import Type from 'typebox'
import { channels } from '../domain/address.ts'
import { isAlive, type LiveState, problemKinds, problemsOf } from '../domain/live-state.ts'
import type { ProjectId } from '../domain/project.ts'
import type { WatchState } from '../engine/operations/watch-state.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import { noSuchProject, nullable, oneOf, projectAnswers, sharedAnswers } from './answers.ts'
import { renderStoppedPrefix } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { stoppedPrefixSchema } from './schemas.ts'

export type StateRouteParts = { projects: Pick<ProjectStore, 'find'>; watchState: WatchState }

/** The routes that say what is wrong right now. */
export const createStateRoutes = (parts: StateRouteParts): AdminRoute[] => [
  serverRoute(parts),
  serverStreamRoute(parts),
  projectRoute(parts),
  projectStreamRoute(parts),
]

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const waiting = Type.Object({ count: Type.Integer(), oldestSeconds: Type.Number() })

const projectFields = {
  at: moment,
  isWell: Type.Boolean(),
  problems: Type.Array(
    Type.Object({
      kind: oneOf(problemKinds),
      projectId: nullable(text),
      since: nullable(moment),
      sentence: text,
      remedy: text,
      about: Type.Record(text, Type.Unknown()),
    }),
  ),
  stoppedPrefixes: Type.Array(stoppedPrefixSchema),
}

const example = {
  at: '2030-01-31T12:00:00.000Z',
  isWell: false,
  problems: [
    {
      kind: 'breaker-open',
      projectId: null,
      since: '2030-01-31T11:58:00.000Z',
      sentence: 'orange does not take messages by sms to CI.',
      remedy:
        'Other carriers of the route take them meanwhile. Look at the status page of orange, or put another carrier first.',
      about: { carrier: 'orange', channel: 'sms', country: 'CI' },
    },
  ],
  stoppedPrefixes: [],
}

const projectStateSchema = Type.Object(projectFields, { examples: [example] })

const serverStateSchema = Type.Object(
  {
    ...projectFields,
    breakers: Type.Array(
      Type.Object({
        nodeId: text,
        carrier: text,
        channel: oneOf(channels),
        country: nullable(text),
        state: oneOf(['half-open', 'open']),
        since: moment,
      }),
    ),
    waiting: Type.Object({ messages: waiting, webhooks: waiting }),
    nodes: Type.Array(
      Type.Object({
        nodeId: text,
        host: text,
        version: text,
        startedAt: moment,
        seenAt: moment,
        isAlive: Type.Boolean(),
      }),
    ),
  },
  {
    examples: [
      {
        ...example,
        breakers: [
          {
            nodeId: 'a1b2c3d4e5f6',
            carrier: 'orange',
            channel: 'sms',
            country: 'CI',
            state: 'open',
            since: '2030-01-31T11:58:00.000Z',
          },
        ],
        waiting: { messages: { count: 0, oldestSeconds: 0 }, webhooks: { count: 0, oldestSeconds: 0 } },
        nodes: [
          {
            nodeId: 'a1b2c3d4e5f6',
            host: 'otp-1',
            version: '1.0.0',
            startedAt: '2030-01-31T08:00:00.000Z',
            seenAt: '2030-01-31T11:59:58.000Z',
            isAlive: true,
          },
        ],
      },
    ],
  },
)

const streamAnswer = {
  200: {
    description:
      'An event `state` at once and whenever something has changed, a comment otherwise. It ends after half a minute; browsers ask again by themselves.',
    mediaType: 'text/event-stream',
    schema: Type.String(),
    examples: { event: `event: state\ndata: ${JSON.stringify(example)}\n\n` },
  },
}

const serverRoute = ({ watchState }: StateRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/state',
    role: 'viewer',
    summary: 'Say what is wrong with the server right now, and what to do',
    answers: { 200: { description: 'The state.', schema: serverStateSchema }, ...sharedAnswers },
    handle: async () => ({ status: 200, body: renderServerState(await watchState.read(null)) }),
  })

const serverStreamRoute = ({ watchState }: StateRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/state/stream',
    role: 'viewer',
    summary: 'Watch the state of the server as server-sent events',
    answers: { ...streamAnswer, ...sharedAnswers },
    handle: async () => renderStream(watchState.watch(null), renderServerState),
  })

const projectRoute = ({ projects, watchState }: StateRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/state',
    role: 'viewer',
    summary: 'Say what is wrong with a project right now, and what to do',
    answers: { 200: { description: 'The state.', schema: projectStateSchema }, ...projectAnswers },
    async handle({ params }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      return { status: 200, body: renderProjectState(await watchState.read(id)) }
    },
  })

const projectStreamRoute = ({ projects, watchState }: StateRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/state/stream',
    role: 'viewer',
    summary: 'Watch the state of a project as server-sent events',
    answers: { ...streamAnswer, ...projectAnswers },
    async handle({ params }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      return renderStream(watchState.watch(id), renderProjectState)
    },
  })

const renderStream = (states: AsyncGenerator<LiveState>, render: (state: LiveState) => { at: string }) => ({
  status: 200,
  body: null,
  stream: { contentType: 'text/event-stream; charset=utf-8', chunks: renderEvents(states, render) },
})

/** What every reading changes says nothing new. */
const isPassing = new Set(['at', 'seenAt', 'oldestSeconds'])

async function* renderEvents(
  states: AsyncGenerator<LiveState>,
  render: (state: LiveState) => { at: string },
): AsyncGenerator<string> {
  let last = ''
  for await (const state of states) {
    const rendered = render(state)
    const compared = JSON.stringify(rendered, (key, value) => (isPassing.has(key) ? undefined : value))
    yield compared === last ? ': alive\n\n' : `event: state\ndata: ${JSON.stringify(rendered)}\n\n`
    last = compared
  }
}

/** What is wrong with a project, which sees nothing of others. */
export function renderProjectState(state: LiveState) {
  const problems = problemsOf(state)
  return {
    at: state.now.toISOString(),
    isWell: problems.length === 0,
    problems: problems.map(({ since, ...problem }) => ({ ...problem, since: since?.toISOString() ?? null })),
    stoppedPrefixes: state.stoppedPrefixes.map(renderStoppedPrefix),
  }
}

/** The state of the whole server. */
export const renderServerState = (state: LiveState) => ({
  ...renderProjectState(state),
  breakers: state.nodes
    .filter((node) => isAlive(node, state.now))
    .flatMap(({ id, seenAt, breakers }) =>
      breakers.map(({ forSeconds, ...breaker }) => ({
        nodeId: id,
        ...breaker,
        since: new Date(seenAt.getTime() - forSeconds * 1000).toISOString(),
      })),
    ),
  waiting: state.waiting,
  nodes: state.nodes.map(({ id, host, version, startedAt, seenAt }) => ({
    nodeId: id,
    host,
    version,
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    isAlive: isAlive({ seenAt }, state.now),
  })),
})
