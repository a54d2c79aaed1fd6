import type { ProjectId } from '../../domain/project.ts'
import type { DialectManifest } from '../../http/dialect-manifest.ts'
import { renderProblem } from './envelope.ts'
import { loginRoute } from './login.ts'
import { mobileLogin, mobileSignup, mobileVerification } from './purposes.ts'
import { remedies } from './remedies.ts'
import { problemSchema } from './schemas.ts'
import { sendRoute } from './send.ts'
import { signupRoute } from './signup.ts'
import { verifyRoute } from './verify.ts'

/*
 * The dialect `mobile`: an app whose users sign up and log in with a six-digit code, in three steps: send, verify, then
 * sign up or log in. This folder owns the paths, the messages and the shapes of its document. The engine decides who gets
 * a code, what a code proves and who may spend that proof.
 */

const number = '9175113022'
const email = 'user@example.com'
const otp = '123456'

/** The manifest of the dialect. */
export const mobile: DialectManifest = {
  name: 'mobile',
  basePath: '/api/auth/otp',
  problemSchema,
  renderProblem,
  remedies,
  channels: ['email', 'sms'],
  purposes: [mobileSignup, mobileLogin, mobileVerification],
  demo: {
    projectId: 'PRJ_mobile' as ProjectId,
    name: 'Mobile demo',
    settings: { region: 'IN' },
    trial: {
      to: email,
      code: otp,
      headers: () => ({}),
      send: {
        path: '/api/auth/otp/send',
        body: { mobile: number, email, countryCode: '+91', type: 'signup', fullName: 'John Doe' },
      },
      check: { path: '/api/auth/otp/verify', body: { mobile: number, email, otp, type: 'signup' } },
    },
  },
  projectNamedIn: null,
  createRoutes({ projectId, ...engine }) {
    const parts = { ...engine, loadProject: () => engine.loadProject(projectId) }
    return [sendRoute(parts), verifyRoute(parts), signupRoute(parts), loginRoute(parts)]
  },
}
