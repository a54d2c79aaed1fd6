const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Resolves when the process is asked to end. Call it before anything is started, so that a signal during the start
 * takes effect right after it, and no PostgreSQL is left behind. A second signal ends the process at once.
 */
export function awaitSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const listen = (signal: NodeJS.Signals): void => {
      // Without our listener the next signal has its default effect.
      for (const name of signals) process.off(name, listen)
      resolve(signal)
    }
    for (const name of signals) process.on(name, listen)
  })
}

const exitCodes: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** Lets a signal end the process through its `exit` event, which leaves the embedded PostgreSQL in order. */
export async function endingOnSignal<Result>(work: () => Promise<Result>): Promise<Result> {
  const end = (signal: NodeJS.Signals): void => process.exit(exitCodes[signal] ?? 1)
  for (const name of signals) process.on(name, end)
  try {
    return await work()
  } finally {
    for (const name of signals) process.off(name, end)
  }
}
