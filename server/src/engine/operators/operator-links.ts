import type { Operator } from '../../domain/operator.ts'
import { Secret } from '../../domain/secret.ts'
import { hashToken, mintLinkToken } from '../codes/opaque-tokens.ts'
import type { OperatorStore } from '../ports/operators.ts'

const linkSeconds = 15 * 60

/** A link that signs an operator in, once. */
export type SignInLink = { link: Secret; expiresAt: Date }

/** Makes a link for an operator, in place of a former one. Null if the operator is gone. */
export type MakeLink = (operator: Pick<Operator, 'id'>) => Promise<SignInLink | null>

/** Mails a link to its operator; false where no carrier has taken it. */
export type MailLink = (operator: Operator, link: SignInLink) => Promise<boolean>

export type MakeLinkParts = {
  operators: Pick<OperatorStore, 'putLink'>
  /** Where browsers find the console. */
  readConsoleUrl: () => string
}

export const createMakeLink =
  ({ operators, readConsoleUrl }: MakeLinkParts): MakeLink =>
  async ({ id }) => {
    const token = mintLinkToken()
    const expiresAt = await operators.putLink(id, hashToken(token), linkSeconds)
    if (expiresAt === null) return null
    // In the fragment, which no browser sends: so the token reaches no log, neither ours nor a proxy's.
    return { link: new Secret(`${readConsoleUrl()}/sign-in#token=${token.reveal()}`), expiresAt }
  }
