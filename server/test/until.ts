import { setTimeout as sleep } from 'node:timers/promises'

export { sleep }

/** Resolves when `isTrue` becomes true; rejects when it does not in time. */
export async function until(isTrue: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const endsAt = performance.now() + milliseconds
  while (!(await isTrue())) {
    if (performance.now() > endsAt) throw new Error(`Still not so after ${milliseconds} ms: ${isTrue}`)
    await sleep(5)
  }
}
