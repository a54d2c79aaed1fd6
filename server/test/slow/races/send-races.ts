import { expect } from 'vitest'
import { demoProjects } from '../../harness/demo-projects.ts'
import { sleep } from '../../harness/until.ts'
import { untilDelivered } from './invariants.ts'
import { countStatuses, type RaceAnswer, times } from './load.ts'
import { type Race, together } from './race.ts'

const quota: Race = {
  name: 'S5 S6 I5: with q tokens and a hundred sends more exactly q are accepted',
  async run(world) {
    const tokens = together - 100
    const { project, headers } = await world.createProject(tokens)
    const answers = await world.all(
      times(together, () => ({
        path: '/api/v1/otp/send',
        headers,
        body: { target: world.newEmail(), channel: 'email' },
      })),
    )
    expect(countStatuses(answers)).toEqual({ 201: tokens, 400: 100 })
    const [stored] = await world.db.query<{ used: string; sends: string }>(
      `select tokens_used as used, (select count(*) from challenges where project_id = $1) as sends
      from quotas where project_id = $1`,
      [project.id],
    )
    expect(stored).toEqual({ used: String(tokens), sends: String(tokens) })
  },
}

const idempotency: Race = {
  name: 'S6: of one idempotency key with two bodies one is sent, once',
  async run(world) {
    const { project, headers } = await world.createProject(null)
    const targets = [world.newEmail(), world.newEmail()]
    const answers = await world.all(
      times(together, (nth) => ({
        path: '/api/v1/otp/send',
        headers: { ...headers, 'idempotency-key': `key-${project.id}` },
        body: { target: targets[nth % 2], channel: 'email' },
        node: Math.floor(nth / 2),
      })),
    )
    const accepted = answers.filter(({ status }) => status === 201)
    expect(Object.keys(countStatuses(answers)).every((status) => /^(201|409|422)$/.test(status))).toBe(true)
    expect(new Set(accepted.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    const sent = await world.db.query('select id from challenges where project_id = $1', [project.id])
    expect(sent).toHaveLength(1)
  },
}

const revocation: Race = {
  name: 'K2 I6: a key that is revoked under load is dead on every node within a second',
  async run(world) {
    const { project, keyId, headers } = await world.createProject(null)
    const use = (node: number) => world.one({ method: 'GET', path: '/api/v1/otp/token-info', headers, node })
    const answers: RaceAnswer[] = []
    let isOver = false
    const users = times(40, async (node) => {
      while (!isOver) {
        answers.push(await use(node))
        await sleep(10)
      }
    })
    await sleep(100)
    const revoked = await world.one({
      method: 'DELETE',
      path: `/admin/v1/projects/${project.id}/keys/${keyId}`,
      headers: world.admin,
    })
    expect(revoked.status).toBe(204)
    await sleep(1_200)
    isOver = true
    await Promise.all(users)

    const accepted = answers.filter(({ status }) => status === 200)
    const late = accepted.filter(({ startedAt }) => startedAt > revoked.endedAt + 1_000)
    expect(accepted.length).toBeGreaterThan(0)
    expect(late).toEqual([])
    expect(
      countStatuses(
        await world.all(
          times(together, (node) => ({ method: 'GET', path: '/api/v1/otp/token-info', headers, node })),
        ),
      ),
    ).toEqual({
      401: together,
    })
  },
}

const dispatchers: Race = {
  name: 'I3 I4: a message whose lease ran out is taken over by one of many dispatchers, with the same code',
  async run(world) {
    const mobiles = times(20, world.newMobile)
    const sent = await world.all(
      mobiles.map((mobile) => ({ path: '/api/auth/otp/send', body: { mobile, type: 'verification' } })),
    )
    expect(countStatuses(sent)).toEqual({ 200: mobiles.length })
    await untilDelivered(world)

    // As if the nodes that had them were gone: every dispatcher finds all of them at its next look.
    await world.db.query(
      `update challenges set delivery_state = 'queued', leased_until = clock_now() - interval '1 second'
      where project_id = $1 and address = any($2)`,
      [demoProjects.mobile, mobiles.map((mobile) => `+91${mobile}`)],
    )
    await untilDelivered(world)
    const received = world.gateway.requests.map(({ body }) => (body as { to: string }).to)
    const counts = mobiles.map((mobile) => received.filter((to) => to === `+91${mobile}`).length)
    expect(counts).toEqual(mobiles.map(() => 2))
  },
}

export const sendRaces: Race[] = [quota, idempotency, revocation, dispatchers]
