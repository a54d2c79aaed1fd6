import type { ProjectId } from '../../domain/project.ts'
import type { DialectManifest } from '../../http/dialect-manifest.ts'
import { type CodesFor, createResolveViewer } from './code-viewers.ts'
import { codesFor } from './codes-for.ts'
import { renderProblem } from './envelope.ts'
import { otpRoute } from './otp.ts'
import { citizenCode } from './purposes.ts'
import { remedies } from './remedies.ts'
import { errorBody } from './schemas.ts'
import { verifyRoute } from './verify.ts'

/*
 * The `citizen` dialect: codes by SMS for citizens who are identified by their number. This folder owns its paths, field
 * names, messages and statuses, and who sees a code in an answer. The engine owns the rest.
 */

const phoneNumber = '0123456789'
const otp = '12345'

/** The manifest of the dialect. */
export const citizen: DialectManifest = {
  name: 'citizen',
  basePath: '/otp',
  problemSchema: errorBody,
  renderProblem,
  remedies,
  channels: ['sms'],
  purposes: [citizenCode],
  demo: {
    projectId: 'PRJ_citizen' as ProjectId,
    name: 'Citizen demo',
    settings: { region: 'CI', locale: 'fr' },
    trial: {
      to: phoneNumber,
      code: otp,
      headers: () => ({}),
      send: { path: '/otp', body: { type: 'create', phoneNumber } },
      check: { path: '/otp/verify', body: { phoneNumber, otp } },
    },
    people: [phoneNumber, '9876543210'].map((phone) => ({ type: 'CITIZEN', phone })),
  },
  projectNamedIn: null,
  mountOptions: { codesFor },
  createRoutes({ options, ...engine }) {
    const { projectId, authorizeKey } = engine
    const chosen = (options.codesFor ?? { who: 'nobody' }) as CodesFor
    const parts = {
      ...engine,
      resolveViewer: createResolveViewer({ projectId, codesFor: chosen, authorizeKey }),
    }
    return [otpRoute(parts), verifyRoute(parts)]
  },
}
