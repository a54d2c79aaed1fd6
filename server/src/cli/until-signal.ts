import type { Terminal } from './terminal.ts'

/** Serves until the process is asked to end, then stops the server in order. A second signal ends it at once. */
export async function untilSignal(
  server: { stop(): Promise<void> },
  { note }: Pick<Terminal, 'note'>,
): Promise<void> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, resolve)
  })
  // Without a listener of ours the next signal has its usual effect.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name)
  note(signal === 'SIGINT' ? '\nStopping …' : 'Stopping …')
  await server.stop()
}
