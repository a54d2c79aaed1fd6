import type { EmailAddress } from '../../domain/email-address.ts'
import type { OperatorSessionStore } from '../ports/operator-sessions.ts'
import type { OperatorStore } from '../ports/operators.ts'
import type { MakeLink, SignInLink } from './operator-links.ts'

export type FirstLinkParts = {
  operators: Pick<OperatorStore, 'list' | 'insert'>
  operatorSessions: Pick<OperatorSessionStore, 'isAnyOpen'>
  makeLink: MakeLink
}

/** A link for an owner while nobody is signed in; without an owner there is one of the given address. Null otherwise. */
export async function makeFirstLink(
  { operators, operatorSessions, makeLink }: FirstLinkParts,
  { email, name }: { email: EmailAddress; name: string },
): Promise<SignInLink | null> {
  if (await operatorSessions.isAnyOpen()) return null
  const findOwner = async () => (await operators.list()).find(({ role }) => role === 'owner')
  const owner =
    (await findOwner()) ??
    (await operators.insert({ email, name, role: 'owner', projects: null })) ??
    // Another node was faster.
    (await findOwner())
  return owner === undefined ? null : makeLink(owner)
}
