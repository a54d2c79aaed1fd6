import { expect, test } from 'vitest'
import { type LiveNode, type LiveState, problemsOf } from './live-state.ts'
import type { ProjectId } from './project.ts'

const now = new Date('2030-01-31T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
const node = (more: Partial<LiveNode> = {}): LiveNode => ({
  id: 'a1',
  host: 'otp-1',
  version: '1.0.0',
  startedAt: ago(3600),
  seenAt: ago(2),
  breakers: [],
  ...more,
})
const nothing = { count: 0, oldestSeconds: 0 }
const state = (more: Partial<LiveState> = {}): LiveState => ({
  now,
  nodes: [node()],
  stoppedPrefixes: [],
  waiting: { messages: nothing, webhooks: nothing },
  demotions: [],
  quotas: [],
  webhooks: [],
  ...more,
})
const projectId = 'PRJ_a' as ProjectId
const open = { carrier: 'orange', channel: 'sms', country: 'CI', state: 'open', forSeconds: 30 } as const
const stop = { projectId, prefix: '+225070', until: ago(-60), sends: 240, verified: 3 }

test('nothing is wrong with a node that was seen a moment ago and has nothing to do', () => {
  expect(problemsOf(state())).toEqual([])
})

test.each<[string, Partial<LiveState>, string[]]>([
  [
    'a breaker that is open',
    { nodes: [node({ breakers: [open] })] },
    ['orange does not take messages by sms to CI.'],
  ],
  [
    'a breaker of several nodes, once',
    { nodes: [node({ breakers: [open] }), node({ id: 'b2', host: 'otp-2', breakers: [open] })] },
    ['orange does not take messages by sms to CI.'],
  ],
  [
    'mail, which has no country',
    { nodes: [node({ breakers: [{ ...open, channel: 'email', country: null }] })] },
    ['orange does not take messages by email.'],
  ],
  [
    'a demoted carrier',
    {
      demotions: [{ carrier: 'orange', channel: 'sms', country: 'CI', successRate: 0.4, expectedRate: 0.9 }],
    },
    ['Only 40 % of the messages of orange by sms to CI arrive, where 90 % are expected.'],
  ],
  [
    'messages that wait too long',
    { waiting: { messages: { count: 7, oldestSeconds: 41.6 }, webhooks: nothing } },
    ['7 messages wait for a carrier, the oldest for 42 s.'],
  ],
  [
    'messages that wait a moment',
    { waiting: { messages: { count: 7, oldestSeconds: 3 }, webhooks: nothing } },
    [],
  ],
  [
    'an event that waits too long',
    { waiting: { messages: nothing, webhooks: { count: 1, oldestSeconds: 600 } } },
    ['1 event waits for webhooks, the oldest for 10 min.'],
  ],
  [
    'prefixes that are stopped',
    {
      stoppedPrefixes: [
        { ...stop, reason: 'few-verified' },
        { ...stop, reason: 'surge' },
      ],
    },
    [
      'Sends to +225070 are stopped: of 240 codes in an hour 3 were verified.',
      'Sends to +225070 are stopped: 240 in an hour are far more than in the week before.',
    ],
  ],
  [
    'tokens that run out',
    {
      quotas: [
        { projectId, granted: 100, used: 95 },
        { projectId, granted: 100, used: 100 },
      ],
    },
    ['5 of 100 tokens are left.', 'All 100 tokens are used: every send is refused.'],
  ],
  [
    'webhooks that fail',
    {
      webhooks: [
        { projectId, webhookId: 'WHK_1', failingSince: ago(600), disabledReason: null },
        { projectId, webhookId: 'WHK_2', failingSince: null, disabledReason: 'answered 410' },
      ],
    },
    ['The webhook WHK_1 does not take its events.', 'The webhook WHK_2 was disabled: answered 410.'],
  ],
  [
    'a node that is gone',
    { nodes: [node(), node({ id: 'b2', host: 'otp-2', seenAt: ago(90) })] },
    ['The node on otp-2 says nothing any more, and has not said that it ends.'],
  ],
  [
    'a node that was started again',
    { nodes: [node(), node({ id: 'b2', startedAt: ago(7200), seenAt: ago(90) })] },
    [],
  ],
  [
    'a node that is gone for hours',
    { nodes: [node(), node({ id: 'b2', host: 'otp-2', seenAt: ago(7200) })] },
    [],
  ],
  [
    'nodes of two versions',
    { nodes: [node(), node({ id: 'b2', host: 'otp-2', version: '1.1.0' })] },
    ['Nodes of different versions run: 1.0.0, 1.1.0.'],
  ],
  [
    'the breaker and the version of a node that is gone',
    {
      nodes: [
        node(),
        node({ id: 'b2', startedAt: ago(7200), seenAt: ago(90), version: '0.9.0', breakers: [open] }),
      ],
    },
    [],
  ],
])('what is said of %s', (_, more, sentences) => {
  const problems = problemsOf(state(more))
  expect(problems.map(({ sentence }) => sentence)).toEqual(sentences)
  for (const { remedy } of problems) expect(remedy).toMatch(/\.$/)
})

test('a breaker is open since the node that noticed first', () => {
  const [problem] = problemsOf(
    state({
      nodes: [
        node({ breakers: [open] }),
        node({ id: 'b2', host: 'otp-2', breakers: [{ ...open, forSeconds: 90 }] }),
      ],
    }),
  )
  expect(problem?.since).toEqual(ago(92))
})
