import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import type { Database } from './database.ts'
import { throwFault } from './database-faults.ts'

const pauseMilliseconds = 2_000

/**
 * Waits for a PostgreSQL that is not there yet, as one that starts together with us is. A fault that does not pass, such as a
 * wrong password, is thrown at once, and every other when the time is over or the signal aborts.
 */
export async function awaitDatabase(
  database: Pick<Database, 'script'>,
  { seconds, signal, onWait }: { seconds: number; signal: AbortSignal; onWait: (fault: Unavailable) => void },
): Promise<void> {
  const endsAt = performance.now() + seconds * 1000
  for (;;) {
    try {
      // No named statement: a pooler that lends connections has perhaps kept the one of somebody else.
      await database.script('select 1').catch(throwFault)
      return
    } catch (fault) {
      const isOver = performance.now() + pauseMilliseconds > endsAt || signal.aborted
      if (!(fault instanceof Unavailable) || isOver) throw fault
      onWait(fault)
      await sleep(pauseMilliseconds, undefined, { signal }).catch(() => {})
    }
  }
}
