import type { ProjectId } from '../../../src/domain/project.ts'
import type { DialectManifest } from '../../../src/http/dialect-manifest.ts'
import { createAdmitAccount } from './account-access.ts'
import { acmeCheck } from './purposes.ts'
import { checkRoute, sendRoute } from './routes.ts'
import { problemBody, renderProblem } from './wire.ts'

/*
 * A dialect for tests only, similar to Twilio Verify: forms, Basic, error numbers instead of messages, codes of eight
 * digits. It shows that a new dialect needs only its folder and a line in the list of dialects.
 */

export const acme: DialectManifest = {
  name: 'acme',
  basePath: '/v2/acme',
  bodyFormats: ['form'],
  problemStatuses: { invalid: 422, 'unsupported-media-type': 406 },
  problemSchema: problemBody,
  renderProblem,
  channels: ['sms', 'email'],
  purposes: [acmeCheck],
  demo: { projectId: 'PRJ_acme' as ProjectId, name: 'Acme demo', settings: { region: 'KE' } },
  projectNamedIn: 'the user name of Basic',
  createRoutes({ authorizeKey, sendCode, checkCode }) {
    const admit = createAdmitAccount(authorizeKey)
    return [sendRoute({ admit, sendCode }), checkRoute({ admit, checkCode })]
  },
}
