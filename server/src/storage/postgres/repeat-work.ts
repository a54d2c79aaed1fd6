/**
 * Runs work at once and then every so often, never twice at the same time. A failure is reported and made up for the next
 * time. Returns what ends it, once a run under way has ended.
 */
export function repeatWork(
  work: () => Promise<unknown>,
  { everyMilliseconds, onFault }: { everyMilliseconds: number; onFault: (fault: unknown) => void },
): () => Promise<void> {
  let running: Promise<unknown> | null = null
  const run = (): void => {
    running ??= work()
      .catch(onFault)
      .finally(() => {
        running = null
      })
  }
  run()
  const timer = setInterval(run, everyMilliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
