import type { CarrierScope, Demotion } from './demotion.ts'
import type { ProjectId } from './project.ts'
import type { StopReason } from './pumping.ts'

/*
 * What is wrong right now, in sentences that say what to do. Every rule is a function of what was read at one moment.
 */

/** A server that runs, as it last said of itself. */
export type LiveNode = {
  id: string
  host: string
  version: string
  startedAt: Date
  seenAt: Date
  breakers: NodeBreaker[]
}

/** A circuit breaker that is not closed. */
export type NodeBreaker = CarrierScope & { state: 'half-open' | 'open'; forSeconds: number }

export type LiveState = {
  now: Date
  nodes: LiveNode[]
  stoppedPrefixes: {
    projectId: ProjectId
    prefix: string
    reason: StopReason
    until: Date
    sends: number
    verified: number
  }[]
  waiting: { messages: Waiting; webhooks: Waiting }
  demotions: Demotion[]
  /** Projects that have used nine tenths of their tokens. */
  quotas: { projectId: ProjectId; granted: number; used: number }[]
  /** Webhooks that fail, or were disabled because they did. */
  webhooks: {
    projectId: ProjectId
    webhookId: string
    failingSince: Date | null
    disabledReason: string | null
  }[]
}

type Waiting = { count: number; oldestSeconds: number }

export const problemKinds = [
  'breaker-open',
  'carrier-demoted',
  'messages-waiting',
  'prefix-stopped',
  'tokens-exhausted',
  'tokens-low',
  'webhook-disabled',
  'webhook-failing',
  'webhooks-waiting',
  'node-lost',
  'versions-differ',
] as const
export type ProblemKind = (typeof problemKinds)[number]

export type LiveProblem = {
  kind: ProblemKind
  /** Null for one of the whole server. */
  projectId: ProjectId | null
  since: Date | null
  sentence: string
  remedy: string
  /** What the sentence is made of, for other languages. */
  about: Readonly<Record<string, string | number | null>>
}

/** A node that says nothing for so long is not there any more. It speaks every five seconds. */
const silenceSeconds = 20
/** How long a message may wait before somebody should look. */
const messageSeconds = 15
const webhookSeconds = 300
/** For how long a node is missed that did not say that it ends. */
const missedSeconds = 3_600

export const isAlive = ({ seenAt }: Pick<LiveNode, 'seenAt'>, now: Date): boolean =>
  secondsSince(seenAt, now) <= silenceSeconds

/** Everything that is wrong, the most urgent first. */
export const problemsOf = (state: LiveState): LiveProblem[] => [
  ...brokenCarriers(state),
  ...demotedCarriers(state),
  ...waitingMessages(state),
  ...stoppedPrefixes(state),
  ...spentTokens(state),
  ...failingWebhooks(state),
  ...waitingWebhooks(state),
  ...lostNodes(state),
  ...differentVersions(state),
]

/** One for each carrier, channel and country, however many nodes have noticed. */
function brokenCarriers({ nodes, now }: LiveState): LiveProblem[] {
  const found = new Map<string, LiveProblem>()
  for (const node of nodes.filter((each) => isAlive(each, now)))
    for (const { carrier, channel, country, forSeconds } of node.breakers) {
      const name = `${carrier} ${channel} ${country ?? ''}`
      const since = new Date(node.seenAt.getTime() - forSeconds * 1000)
      const known = found.get(name)?.since
      if (known != null && known <= since) continue
      found.set(name, {
        kind: 'breaker-open',
        projectId: null,
        since,
        sentence: `${carrier} does not take messages by ${channel}${place(country)}.`,
        remedy: `Other carriers of the route take them meanwhile. Look at the status page of ${carrier}, or put another carrier first.`,
        about: { carrier, channel, country },
      })
    }
  return [...found.values()]
}

const demotedCarriers = ({ demotions }: LiveState): LiveProblem[] =>
  demotions.map(({ carrier, channel, country, successRate, expectedRate }) => ({
    kind: 'carrier-demoted',
    projectId: null,
    since: null,
    sentence: `Only ${percent(successRate)} of the messages of ${carrier} by ${channel}${place(country)} arrive, where ${percent(expectedRate)} are expected.`,
    remedy: `It is asked after the others. Ask ${carrier} what has changed, or take it out of the route.`,
    about: { carrier, channel, country, successRate, expectedRate },
  }))

function waitingMessages({ waiting: { messages } }: LiveState): LiveProblem[] {
  const { count, oldestSeconds } = messages
  if (count === 0 || oldestSeconds < messageSeconds) return []
  return [
    {
      kind: 'messages-waiting',
      projectId: null,
      since: null,
      sentence: `${plural(count, 'message waits', 'messages wait')} for a carrier, the oldest for ${Math.round(oldestSeconds)} s.`,
      remedy: 'Look whether a carrier refuses or answers slowly, and whether there are enough nodes.',
      about: { count, oldestSeconds: Math.round(oldestSeconds) },
    },
  ]
}

const stoppedPrefixes = (state: LiveState): LiveProblem[] =>
  state.stoppedPrefixes.map(({ projectId, prefix, reason, until, sends, verified }) => ({
    kind: 'prefix-stopped',
    projectId,
    since: null,
    sentence:
      reason === 'surge'
        ? `Sends to ${prefix} are stopped: ${sends} in an hour are far more than in the week before.`
        : `Sends to ${prefix} are stopped: of ${sends} codes in an hour ${verified} were verified.`,
    remedy:
      'It looks like somebody earning by your messages. Release the prefix if they are your users; otherwise leave it, or deny it.',
    about: { prefix, reason, until: until.toISOString(), sends, verified },
  }))

const spentTokens = ({ quotas }: LiveState): LiveProblem[] =>
  quotas.map(({ projectId, granted, used }) => ({
    kind: used >= granted ? 'tokens-exhausted' : 'tokens-low',
    projectId,
    since: null,
    sentence:
      used >= granted
        ? `All ${granted} tokens are used: every send is refused.`
        : `${granted - used} of ${granted} tokens are left.`,
    remedy: 'Grant more tokens to the project.',
    about: { granted, used },
  }))

const failingWebhooks = ({ webhooks }: LiveState): LiveProblem[] =>
  webhooks.map(({ projectId, webhookId, failingSince, disabledReason }) =>
    disabledReason === null
      ? {
          kind: 'webhook-failing',
          projectId,
          since: failingSince,
          sentence: `The webhook ${webhookId} does not take its events.`,
          remedy: 'Look at its deliveries for what it answers. They are tried for three days.',
          about: { webhookId },
        }
      : {
          kind: 'webhook-disabled',
          projectId,
          since: failingSince,
          sentence: `The webhook ${webhookId} was disabled: ${disabledReason}.`,
          remedy: 'Mend its receiver, enable it, and replay what it missed.',
          about: { webhookId, disabledReason },
        },
  )

function waitingWebhooks({ waiting: { webhooks } }: LiveState): LiveProblem[] {
  const { count, oldestSeconds } = webhooks
  if (count === 0 || oldestSeconds < webhookSeconds) return []
  return [
    {
      kind: 'webhooks-waiting',
      projectId: null,
      since: null,
      sentence: `${plural(count, 'event waits', 'events wait')} for webhooks, the oldest for ${Math.round(oldestSeconds / 60)} min.`,
      remedy: 'Look for a webhook that fails. Others are not held up by it.',
      about: { count, oldestSeconds: Math.round(oldestSeconds) },
    },
  ]
}

/** A node that was started again on its host is not missed. */
const lostNodes = ({ nodes, now }: LiveState): LiveProblem[] =>
  nodes
    .filter((node) => !isAlive(node, now) && secondsSince(node.seenAt, now) < missedSeconds)
    .filter(
      ({ host, startedAt }) => !nodes.some((other) => other.host === host && other.startedAt > startedAt),
    )
    .map(({ id, host, seenAt }) => ({
      kind: 'node-lost',
      projectId: null,
      since: seenAt,
      sentence: `The node on ${host} says nothing any more, and has not said that it ends.`,
      remedy:
        'Its messages were taken over. Look whether its machine and its way to the database are well, and start it again.',
      about: { nodeId: id, host },
    }))

function differentVersions({ nodes, now }: LiveState): LiveProblem[] {
  const versions = [
    ...new Set(nodes.filter((node) => isAlive(node, now)).map(({ version }) => version)),
  ].sort()
  if (versions.length < 2) return []
  return [
    {
      kind: 'versions-differ',
      projectId: null,
      since: null,
      sentence: `Nodes of different versions run: ${versions.join(', ')}.`,
      remedy: 'Finish the upgrade of the others.',
      about: { versions: versions.join(', ') },
    },
  ]
}

const secondsSince = (moment: Date, now: Date): number => (now.getTime() - moment.getTime()) / 1000
const place = (country: string | null): string => (country === null ? '' : ` to ${country}`)
const percent = (rate: number): string => `${Math.round(rate * 100)} %`
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
