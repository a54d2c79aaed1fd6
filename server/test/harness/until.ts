import { setTimeout as sleep } from 'node:timers/promises'

export { sleep }

/**
 * Resolves when `isTrue` becomes true; rejects when it does not in time. The time only bounds how long a failure takes. It
 * is long enough for a machine whose disk or processors are busy for a while.
 */
export async function until(isTrue: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const endsAt = performance.now() + milliseconds
  while (!(await isTrue())) {
    if (performance.now() > endsAt) throw new Error(`Still not so after ${milliseconds} ms: ${isTrue}`)
    await sleep(5)
  }
}
