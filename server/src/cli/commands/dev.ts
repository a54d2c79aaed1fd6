import { awaitSignal } from '../terminal/await-signal.ts'
import type { AddCommand } from '../terminal/context.ts'
import { loadServerConfig } from '../terminal/load-server-config.ts'

/** `watchword dev`: a whole server for your own machine, with demo data, an inbox, and the first things to try. */
export const addDevCommand: AddCommand = (program, { terminal, env }) => {
  program
    .command('dev')
    .description('start a development server on this machine, with demo data and an inbox for every message')
    .option('--port <number>', 'listen on this port instead of PORT')
    .option('--with-projects', 'work on a DATABASE_URL that holds projects of its own')
    .addHelpText(
      'after',
      `
Listens on loopback only, keeps its data in WATCHWORD_DATA (.watchword) and shows every message in /dev/inbox. A
carrier that is configured sends them as well, and the welcome names it. Started twice with different ports and the same directory, it runs two nodes on one database.

Examples:
  $ watchword dev
  $ watchword dev --port 3001`,
    )
    .action(async ({ withProjects = false, ...options }: { port?: string; withProjects?: boolean }) => {
      const startedAt = performance.now()
      const config = await loadServerConfig(env, 'development', options)
      const { startServer } = await import('../../composition/start-server.ts')
      const asked = awaitSignal()
      const server = await startServer(config, { withProjects })
      const seconds = (performance.now() - startedAt) / 1000

      const { renderWelcome } = await import('./welcome.ts')
      if (server.access !== null)
        terminal.print(renderWelcome({ config, server, access: server.access, seconds, terminal }))
      await asked
      if (terminal.isWatched) terminal.note('Stopping …')
      await server.stop()
    })
}
