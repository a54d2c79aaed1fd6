import { parsePhoneNumber } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type {
  LogInWithPhonePassword,
  PhonePasswordLoginOutcome,
} from '../../engine/sessions/log-in-with-phone-password.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { invalidRequest, paths, renderError, type WireError } from './envelope.ts'
import { messagesFor } from './messages.ts'
import { readLogin } from './read-fields.ts'
import { renderPerson } from './render-person.ts'
import { agentAnswer, agentLoginRequest, answersOf, requestExamples } from './schemas.ts'

type Refusal = Extract<PhonePasswordLoginOutcome, { ok: false }>['refusal']

const invalid = invalidRequest[paths.agentLogin]

const refusals = {
  // Also the answer for an unknown agent, and when too many wrong passwords have locked the login (A3).
  wrong: { status: 404, message: 'unknownAgent' },
  inactive: { status: 403, message: 'inactiveAgent' },
  'too-many-requests': { status: 429, message: 'tooManyRequests' },
} as const satisfies Record<Refusal, WireError>

export type AgentLoginParts = {
  loadProject: () => Promise<Project>
  logInWithPhonePassword: LogInWithPhonePassword
}

/** Logs a delivery agent in by phone number and password. */
export const agentLoginRoute = ({ loadProject, logInWithPhonePassword }: AgentLoginParts): Route =>
  defineRoute({
    method: 'POST',
    path: paths.agentLogin,
    aliases: [paths.agentLogin.slice(0, -1)],
    access: 'public',
    summary: 'Agent login',
    description: 'API endpoint for delivery agents to log in via mobile app.',
    body: agentLoginRequest,
    examples: requestExamples.agentLogin,
    answers: {
      200: agentAnswer,
      ...answersOf([{ invalid }, refusals], {
        400: 'Phone number or password is missing.',
        403: 'The password is right, and the agent is disabled.',
        404: 'No such agent, or a wrong password; the answer does not say which.',
        429: 'Too many logins of this network have failed.',
      }),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject()
      const login = readLogin(body)
      const phone = parsePhoneNumber(login, { region: project.settings.region })
      // A text that is not a phone number belongs to no account, so the faster answer reveals nothing.
      if (phone === null) return renderError(refusals.wrong, { locale })

      const outcome = await logInWithPhonePassword({
        project,
        type: 'AGENT',
        phone,
        password: new Secret(body.password),
        caller,
      })
      if (!outcome.ok) {
        const { refusal, retryAfterSeconds } = outcome
        return renderError(refusals[refusal], { locale, retryAfterSeconds })
      }

      const { account, tokens } = outcome
      return {
        status: 200,
        body: {
          success: true,
          message: messagesFor(locale).loggedIn,
          user: {
            ...renderPerson(account, login),
            agent_id: account.agentCode,
            assigned_area: account.assignedArea,
          },
          token: { access: tokens.accessToken.reveal(), refresh: tokens.refreshToken.reveal() },
        },
      }
    },
  })
