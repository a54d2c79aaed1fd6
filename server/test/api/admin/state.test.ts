import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OperatorWorld, startOperatorWorld } from '../../harness/operator-world.ts'
import { until } from '../../harness/until.ts'

/*
 * What is wrong right now, and a stream of it.
 */

let world: OperatorWorld
beforeAll(async () => {
  world = await startOperatorWorld()
})
afterAll(() => world?.stop())

type Problem = { kind: string; projectId: string | null; sentence: string; remedy: string; about: object }

const stateOf = async (path = '') => (await world.admin('GET', `${path}/state`)).body
const kindsOf = ({ problems }: { problems: Problem[] }) => problems.map(({ kind }) => kind)

describe('the state', () => {
  test('names every node that runs, and is well', async () => {
    const other = await world.app.startSecondNode()
    await until(async () => (await stateOf()).nodes.length === 2)
    const { isWell, problems, nodes, breakers, waiting } = await stateOf()
    expect([isWell, problems, breakers]).toEqual([true, [], []])
    expect(waiting).toEqual({
      messages: { count: 0, oldestSeconds: 0 },
      webhooks: { count: 0, oldestSeconds: 0 },
    })
    for (const node of nodes)
      expect(node).toMatchObject({ isAlive: true, version: expect.stringMatching(/^\d/) })
    expect(new Set(nodes.map(({ nodeId }: { nodeId: string }) => nodeId)).size).toBe(2)
    await other.stop()
    await until(async () => (await stateOf()).nodes.length === 1)
    expect((await stateOf()).isWell).toBe(true)
  })

  test('misses a node that fell silent without saying that it ends', async () => {
    await world.app.db.query(
      `insert into nodes (id, host, version, started_at, seen_at, breakers)
      values ('lost', 'otp-9', '1.0.0', clock_now() - interval '1 hour', clock_now() - interval '2 minutes', '[]')`,
    )
    await until(async () => kindsOf(await stateOf()).includes('node-lost'))
    const [problem] = (await stateOf()).problems
    expect(problem).toMatchObject({ sentence: expect.stringContaining('otp-9'), projectId: null })
    await world.app.db.query("delete from nodes where id = 'lost'")
    await until(async () => (await stateOf()).isWell)
  })

  test('of a project names its tokens and webhooks, and nothing of another (K1)', async () => {
    const project = await world.createProject()
    const other = await world.createProject()
    await world.admin('PATCH', project.path, { tokens: 2 })
    await project.send('one@example.test')
    await project.send('two@example.test')
    const { body: webhook } = await world.admin('POST', `${project.path}/webhooks`, {
      url: 'https://hooks.example.test/x',
      eventTypes: ['challenge.verified'],
    })
    await world.app.db.query(
      "update webhook_endpoints set failing_since = clock_now() - interval '1 hour' where id = $1",
      [webhook.webhookId],
    )
    await until(async () => kindsOf(await stateOf(project.path)).length === 2)
    const own = await stateOf(project.path)
    expect(own.problems).toMatchObject([
      { kind: 'tokens-exhausted', projectId: project.id, about: { granted: 2, used: 2 } },
      { kind: 'webhook-failing', projectId: project.id, about: { webhookId: webhook.webhookId } },
    ])
    expect(await stateOf(other.path)).toMatchObject({ isWell: true, problems: [] })
    await until(async () => String(kindsOf(await stateOf())) === 'tokens-exhausted,webhook-failing')
    await world.admin('PATCH', project.path, { isActive: false })
    await until(async () => (await stateOf()).isWell)
  })

  test('is 404 for a project that is not there, as is its stream', async () => {
    for (const path of ['/projects/PRJ_none/state', '/projects/PRJ_none/state/stream'])
      expect([path, (await world.admin('GET', path)).status]).toEqual([path, 404])
  })
})

describe('the stream', () => {
  /** Reads server-sent events until it is told to stop. */
  async function open(path: string) {
    const controller = new AbortController()
    const answer = await fetch(`${world.app.url}/admin/v1${path}`, {
      headers: { authorization: `Bearer ${world.app.adminToken}` },
      signal: controller.signal,
    })
    let text = ''
    const reading = (async () => {
      for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString('utf8')
    })().catch(() => {})
    return {
      answer,
      events: () =>
        text
          .split('\n\n')
          .filter((part) => part.startsWith('event: state\ndata: '))
          .map((part) => JSON.parse(part.slice('event: state\ndata: '.length))),
      comments: () => text.split('\n\n').filter((part) => part === ': alive').length,
      reading,
      close: () => controller.abort(),
    }
  }

  test('sends the state at once, again when something changes, and a comment while nothing does', async () => {
    const project = await world.createProject()
    const stream = await open(`${project.path}/state/stream`)
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await until(() => stream.events().length === 1)
    expect(stream.events()[0]).toMatchObject({ isWell: true })
    await until(() => stream.comments() > 0)
    await world.admin('PATCH', project.path, { tokens: 1 })
    await project.send('one@example.test')
    await until(() => stream.events().length === 2)
    expect(kindsOf(stream.events()[1])).toEqual(['tokens-exhausted'])
    stream.close()
  })

  test('of the server ends with its node, which does not wait for readers', async () => {
    const other = await world.app.startSecondNode()
    const answer = await fetch(`${other.url}/admin/v1/state/stream`, {
      headers: { authorization: `Bearer ${world.app.adminToken}` },
    })
    const text = answer.text()
    await other.stop()
    expect(await text).toContain('event: state')
    // The connection of a stream is kept for no other request: a node would wait for that as well.
  }, 20_000)

  test('is not for callers without the token', async () => {
    expect((await world.app.get('/admin/v1/state/stream')).status).toBe(401)
  })
})

// Last, because a breaker stays open for a while.
test('says which carrier does not answer, since when, and of which node', async () => {
  const project = await world.createProject()
  world.south.peer.behave('refuse-for-now')
  for (let nth = 0; nth < 8; nth += 1) await project.send(`+2250701020${String(500 + nth)}`)
  await until(async () => kindsOf(await stateOf()).includes('breaker-open'))
  const { problems, breakers, nodes } = await stateOf()
  expect(problems[0]).toMatchObject({
    kind: 'breaker-open',
    sentence: 'south does not take messages by whatsapp to CI.',
    about: { carrier: 'south', channel: 'whatsapp', country: 'CI' },
  })
  expect(breakers[0]).toMatchObject({ nodeId: nodes[0].nodeId, carrier: 'south', country: 'CI' })
  expect(kindsOf(await stateOf(project.path))).toContain('breaker-open')
})
