import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeople, password } from '../harness/people.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * Passwords of one network are hashed beside those of the others, not before them.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ env: { TRUST_PROXY: '1' } })
})
afterAll(() => app?.stop())

/** More connections than one network finds places for. */
const connections = 51 * availableParallelism() + 20

test('K3: while one network asks for more hashes than there are places, the logins, registrations and agents of others are served', async () => {
  for (const project of [app.projects.account, app.projects.kikapu])
    await app.changeProject(project, {
      settings: { failedLoginsPerCallerHour: 1_000_000, failedLoginAddressesPerCallerHour: 10_000 },
    })
  const people = await createPeople(app)
  const [user, agent] = [await people.newUser(), await people.newAgent()]

  const attacker = { 'x-forwarded-for': '198.51.100.1' }
  const answered = new Map<number, number>()
  let isOver = false
  const attack = async (connection: number): Promise<void> => {
    for (let nth = 0; !isOver; nth += 1) {
      const body = { email: `nobody${connection}-${nth}@example.test`, password: 'wrong' }
      const { status } = await app.post('/auth/login', body, attacker)
      answered.set(status, (answered.get(status) ?? 0) + 1)
      // A flood of refused requests is not what this is about.
      if (status === 503) await sleep(500)
    }
  }
  const attacks = Array.from({ length: connections }, (_, connection) => attack(connection))
  while ((answered.get(503) ?? 0) === 0) await sleep(10)

  const honest: number[] = []
  for (let nth = 0; nth < 3; nth += 1) {
    const headers = { 'x-forwarded-for': `203.0.113.${nth}` }
    const answers = await Promise.all([
      app.post('/auth/login', { email: user, password }, headers),
      app.post('/auth/api/agent/login/', { phoneNumber: agent, password }, headers),
      app.post(
        '/auth/register',
        { email: `new${nth}@example.test`, password, firstname: 'Ada', lastname: 'Byron' },
        headers,
      ),
    ])
    honest.push(...answers.map(({ status }) => status))
  }
  isOver = true
  await Promise.all(attacks)
  expect(honest).toEqual(Array.from({ length: 3 }, () => [200, 200, 201]).flat())
  expect([...answered.keys()].sort()).toEqual([401, 503])
})
