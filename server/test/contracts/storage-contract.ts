import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/domain/secret.ts'
import { createDatabase } from '../../src/storage/postgres/database.ts'
import { createOutbox } from '../../src/storage/stores/outbox.ts'
import { purposeNamed } from '../harness/purposes.ts'
import {
  codeOf,
  commandFor,
  createStorageWorld,
  mail,
  makeUnlimitedProject,
  startStorageNode,
} from '../harness/storage-world.ts'
import { createTestDatabase } from '../harness/test-database.ts'
import { checksContract } from './storage-contract-checks.ts'
import { recordsContract } from './storage-contract-records.ts'
import { sendsContract } from './storage-contract-sends.ts'

/** What every PostgreSQL under the server must do, embedded or not. `serverUrl` is read when it starts. */
export function storageContract(name: string, serverUrl: () => string): void {
  describe(`storage on ${name}`, () => {
    const world = createStorageWorld(serverUrl)
    const { makeProject, sendTo, mustSend } = world
    beforeAll(world.start)
    afterAll(world.stop)

    checksContract(world)
    sendsContract(world)
    recordsContract(world)

    test('two dispatchers never claim the same message', async () => {
      const project = await makeProject()
      const sent = await Promise.all(Array.from({ length: 60 }, () => mustSend(project, mail())))
      await world.db.moveClock(31_000)
      const claims = await Promise.all(
        world.databases.flatMap((database) => [
          createOutbox(database).claim(1_000),
          createOutbox(database).claim(1_000),
        ]),
      )
      const ours = new Set(sent.map(({ id }) => id))
      const claimed = claims
        .flatMap(({ challenges }) => challenges.map(({ id }) => id))
        .filter((id) => ours.has(id))
      expect(claimed).toHaveLength(60)
      expect(new Set(claimed).size).toBe(60)
    })

    test('a project that has sent much pays no more for a send or a guess, whenever a connection planned it', async () => {
      const own = await createTestDatabase({ serverUrl: serverUrl() })
      const project = await makeUnlimitedProject(own.database)
      const open = async () => {
        const database = createDatabase({ connectionString: own.connectionString })
        return { database, ...(await startStorageNode(database)) }
      }
      const sendAndCheck = ({ send, check }: Awaited<ReturnType<typeof open>>, times: number) =>
        Promise.all(
          Array.from({ length: times }, async () => {
            const address = mail()
            const sent = await send(commandFor(project, address))
            if (!sent.ok) throw new Error(`refused: ${sent.refusal}`)
            const code = new Secret(codeOf(sent.challenge))
            const outcome = await check({
              project,
              purpose: purposeNamed('service'),
              address,
              code,
              caller: null,
            })
            expect(outcome.ok).toBe(true)
          }),
        )

      // Connections that plan at every size of a new table, which has no statistics yet.
      const planned = []
      for (const times of [1, 4, 15, 80, 400]) {
        const one = await open()
        await sendAndCheck(one, times)
        planned.push(one)
      }
      for (const one of planned) await sendAndCheck(one, 100)
      // A connection reports what it read to PostgreSQL's statistics when it ends.
      for (const { database } of planned) await database.close()
      const entriesRead = async () => {
        const [row] = await own.query<{ read: string }>(
          "select sum(idx_tup_read) as read from pg_stat_user_indexes where relname like 'challenges_%'",
        )
        return Number(row?.read)
      }
      await expect.poll(entriesRead).toBeGreaterThan(1_000)
      expect(await entriesRead()).toBeLessThan(1_000 * 8)
      await own.drop()
    })

    test('a request that PostgreSQL cannot take fails alone', async () => {
      const project = await makeProject()
      const [poisoned, ...fine] = await Promise.allSettled([
        sendTo(project, mail(), { recordId: 'nul \u0000' }),
        ...Array.from({ length: 20 }, () => sendTo(project, mail())),
      ])
      expect(poisoned?.status).toBe('rejected')
      expect(fine.every((outcome) => outcome.status === 'fulfilled' && outcome.value.ok)).toBe(true)
    })
  })
}
