import type { Config } from '../config/config.ts'
import { createManageOperators, type ManageOperators } from '../engine/operators/manage-operators.ts'
import { createMakeLink, type MailLink, type MakeLink } from '../engine/operators/operator-links.ts'
import { consoleUrlOf } from './console-url.ts'
import type { Stores } from './open-stores.ts'

/**
 * What `watchword operators` manages operators with. The configuration is read, and the carriers are made, only for a link: to
 * list or remove an operator the database is enough.
 */
export function createManageOperatorsBeside(
  stores: Stores,
  loadConfig: () => Promise<Config>,
): ManageOperators {
  const makeLink: MakeLink = async (operator) => {
    const { publicUrl } = await loadConfig()
    return createMakeLink({ ...stores, readConsoleUrl: () => consoleUrlOf(publicUrl) })(operator)
  }
  const mailLink: MailLink = async (operator, link) => {
    const { mailLinkBeside } = await import('./carrier-commands.ts')
    return mailLinkBeside(await loadConfig(), stores, { operator, link })
  }
  return createManageOperators({ ...stores, makeLink, mailLink })
}
