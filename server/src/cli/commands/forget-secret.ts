import { type AddCommand, withStores } from '../terminal/context.ts'

/** `watchword forget-secret`: lets the next node bring another master secret, where the former one is lost or has leaked. */
export const addForgetSecretCommand: AddCommand = (program, context) => {
  program
    .command('forget-secret')
    .description('let the next node that starts bring another master secret')
    .addHelpText(
      'after',
      `
Nodes whose WATCHWORD_SECRET the database does not know do not start. This is for a secret that is lost or has leaked: stop
the nodes, run it, and start them with the new secret. Codes and access tokens under way end; carriers and webhooks need their
secrets anew. To change a secret without a gap use WATCHWORD_SECRET_PREVIOUS.

Examples:
  $ watchword forget-secret`,
    )
    .action(async () => {
      await withStores(context, (stores) =>
        stores.installation.decideSecret(() => ({ next: { current: null, previous: null } })),
      )
      context.terminal.print('The next node that starts says which master secret it is.')
    })
}
