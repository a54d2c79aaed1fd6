import type { ConfigurationIssue } from '../config/configuration-error.ts'
import type { Secret } from '../domain/secret.ts'
import { lendsConnections } from '../storage/postgres/pooler.ts'

/** Whether the connections of a database can be worked with; asked before anything else is, because any statement may fail. */
export const judgeConnections = async (databaseUrl: Secret): Promise<ConfigurationIssue[]> =>
  (await lendsConnections(databaseUrl.reveal())) ? [transactionPooler] : []

const transactionPooler: ConfigurationIssue = {
  where: 'DATABASE_URL',
  read: 'a pooler that gives each transaction another connection, not shown',
  expected:
    'PostgreSQL itself, or a pooler in session mode: connections have settings and prepared statements of their own',
  example: 'pool_mode = session',
  remedy:
    'Name the address of PostgreSQL, or let the pooler (PgBouncer, Odyssey, pgcat, RDS Proxy …) serve this database in session mode.',
}
