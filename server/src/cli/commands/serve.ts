import { awaitSignal } from '../terminal/await-signal.ts'
import type { AddCommand } from '../terminal/context.ts'
import { loadServerConfig } from '../terminal/load-server-config.ts'

/** `watchword serve`: a node of production. */
export const addServeCommand: AddCommand = (program, { terminal, env }) => {
  program
    .command('serve')
    .description('start a production node: no demo data, no inbox, no unsafe setting')
    .option('--port <number>', 'listen on this port instead of PORT')
    .addHelpText(
      'after',
      `
Refuses to start with a missing or short secret or any other unsafe setting, and names all of them at once.
Any number of nodes may serve one DATABASE_URL. SIGTERM ends a node after its current requests.

Examples:
  $ WATCHWORD_SECRET="$(cat secret)" DATABASE_URL=postgres://… PUBLIC_URL=https://otp.example.com watchword serve`,
    )
    .action(async (options: { port?: string }) => {
      const config = await loadServerConfig(env, 'production', options)
      const { startServer } = await import('../../composition/start-server.ts')
      const asked = awaitSignal()
      // The start waits for PostgreSQL, and who asks for the end does not want to wait for that.
      const waiting = new AbortController()
      void asked.then(() => waiting.abort())
      const server = await startServer(config, { signal: waiting.signal })
      // A file or a collector of logs gets JSON alone.
      if (terminal.isWatched)
        terminal.note(`Watchword listens at ${server.url} and is reached at ${server.publicUrl}`)
      await asked
      if (terminal.isWatched) terminal.note('Stopping …')
      await server.stop()
    })
}
