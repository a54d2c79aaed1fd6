import type { ProjectId } from '../../domain/project.ts'
import type { DemoBusiness, DialectManifest } from '../../http/dialect-manifest.ts'
import { agentLoginRoute } from './agent-login.ts'
import { renderProblem } from './envelope.ts'
import { kikapuLogin } from './purposes.ts'
import { remedies } from './remedies.ts'
import { resendOtpRoute } from './resend-otp.ts'
import { problemSchema } from './schemas.ts'
import { verifyOtpRoute } from './verify-otp.ts'

/*
 * The dialect `kikapu`: a marketplace whose users log in by a five-digit SMS code and whose delivery agents by password.
 * This folder owns the paths, the messages and the shapes of its document. The engine decides who may log in, what counts
 * as too soon and what a code is worth.
 */

const phoneNumber = '+255712345678'
const otp = '12345'

const demoBusiness: DemoBusiness = { id: 123, name: 'My Store', type: 'retailer', isVerified: true }

/** The manifest of the dialect. */
export const kikapu: DialectManifest = {
  name: 'kikapu',
  basePath: '/auth/api',
  problemSchema,
  renderProblem,
  remedies,
  channels: ['sms'],
  purposes: [kikapuLogin],
  demo: {
    projectId: 'PRJ_kikapu' as ProjectId,
    name: 'Kikapu demo',
    settings: { region: 'TZ' },
    trial: {
      to: phoneNumber,
      code: otp,
      headers: () => ({}),
      send: { path: '/auth/api/resend-otp/', body: { phoneNumber } },
      check: { path: '/auth/api/verify-otp/', body: { phoneNumber, otp } },
    },
    businesses: [demoBusiness],
    people: [
      {
        type: 'BUSINESS',
        email: 'john@example.com',
        phone: phoneNumber,
        fullName: 'John Doe',
        businessIds: [demoBusiness.id],
      },
      {
        type: 'AGENT',
        email: 'agent@example.com',
        phone: phoneNumber,
        fullName: 'John Agent',
        agentCode: 'AG12345',
        assignedArea: 'Central District',
        password: 'securepassword',
      },
    ],
  },
  projectNamedIn: null,
  createRoutes({ projectId, ...engine }) {
    const parts = { ...engine, loadProject: () => engine.loadProject(projectId) }
    return [verifyOtpRoute(parts), resendOtpRoute(parts), agentLoginRoute(parts)]
  },
}
