import { expect } from 'vitest'
import { sleep } from '../../harness/until.ts'
import type { RaceWorld } from '../races/race-world.ts'

/** What callers were told while something was wrong, to be compared with what is there afterwards. */
export type ExpectedState = {
  statuses: Map<number, number>
  /** Sends a code to a fresh address and guesses it, again and again, until it is over. Every 503 says when to come back. */
  work: (node: number, isOver: () => boolean) => Promise<void>
  /** Fails where something that was answered with success is not there, or something else than 503 was answered. */
  expectKept: () => Promise<void>
}

/** Expects nothing yet. */
export function createExpectedState({ one, service, newEmail, codeFor, db }: RaceWorld): ExpectedState {
  const accepted: string[] = []
  const verified: string[] = []
  const statuses = new Map<number, number>()

  const ask = async (node: number, path: string, body: unknown) => {
    const answer = await one({ node, headers: service, path, body })
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    if (answer.status === 503) expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    return answer
  }

  return {
    statuses,
    async work(node, isOver) {
      while (!isOver()) {
        const target = newEmail()
        const sent = await ask(node, '/api/v1/otp/send', { target, channel: 'email' })
        if (sent.status !== 201) {
          await sleep(50)
          continue
        }
        accepted.push(target)
        const code = await codeFor(target).catch(() => null)
        if (code === null) continue
        const checked = await ask(node, '/api/v1/otp/verify', { target, code })
        if (checked.body.valid === true) verified.push(target)
      }
    },
    async expectKept() {
      const rows = await db.query<{ address: string; is_used: boolean }>(
        'select address, used_at is not null as is_used from challenges',
      )
      const stored = new Map(rows.map(({ address, is_used }) => [address, is_used]))
      expect(accepted.filter((address) => !stored.has(address))).toEqual([])
      expect(verified.filter((address) => stored.get(address) !== true)).toEqual([])
      expect([...statuses.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([])
    },
  }
}
