import { loadDatabaseConfig, type MasterSecrets } from '../../config/load-database-config.ts'
import { createSealer, type Sealer } from '../../engine/operations/sealing.ts'
import type { CommandContext } from './context.ts'
import { CommandFailure } from './failure.ts'

/** Seals as a server in this environment would; reports if that secret is missing, or may differ from the server's. */
export function createCommandSealer(
  { terminal, env }: Pick<CommandContext, 'terminal' | 'env'>,
  secrets: MasterSecrets | null,
): Sealer {
  const sealer = secrets === null ? null : createSealer(secrets)
  return {
    seal(...given) {
      if (sealer === null || secrets === null)
        throw new CommandFailure(
          'WATCHWORD_SECRET is not set: secrets are encrypted with the one that the server has.',
        )
      if (secrets.keptIn !== null && loadDatabaseConfig({ env }).databaseUrl !== null)
        terminal.note(
          `WATCHWORD_SECRET is not set: sealed with that of development in ${secrets.keptIn}. A server with another secret cannot read it.`,
        )
      return sealer.seal(...given)
    },
    open: (...given) => sealer?.open(...given) ?? null,
    reseal: (...given) => sealer?.reseal(...given) ?? null,
  }
}
