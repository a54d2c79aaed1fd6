import type { ProjectId } from '../../domain/project.ts'
import type { DialectManifest } from '../../http/dialect-manifest.ts'
import { renderProblem } from './envelope.ts'
import { createAdmitProject } from './project-access.ts'
import { serviceCode } from './purposes.ts'
import { recordsRoute } from './records.ts'
import { remedies } from './remedies.ts'
import { errorBody } from './schemas.ts'
import { sendRoute } from './send.ts'
import { statsRoute } from './stats.ts'
import { tokenInfoRoute } from './token-info.ts'
import { verifyRoute } from './verify.ts'

/*
 * The `service` dialect: codes by e-mail and WhatsApp for callers that hold an API key. This folder owns its paths, field
 * names, messages and statuses. The engine defines sends, checks and records.
 */

const target = 'user@example.com'
const recordId = 'order_12345'
const code = '123456'

/** The manifest of the dialect. Each request names its project, so one mount serves every project. */
export const service: DialectManifest = {
  name: 'service',
  basePath: '/api/v1/otp',
  problemSchema: errorBody,
  renderProblem,
  remedies,
  channels: ['email', 'whatsapp'],
  purposes: [serviceCode],
  // The document sends to a number that no country has. In development the inbox catches every message.
  demo: {
    projectId: 'PRJ_abc123def456' as ProjectId,
    name: 'Service demo',
    tokensGranted: 1000,
    trial: {
      to: target,
      code,
      headers: ({ projectId, apiKey }) => ({ 'x-project-id': projectId, 'x-api-key': apiKey }),
      send: { path: '/api/v1/otp/send', body: { target, channel: 'email', recordId } },
      check: { path: '/api/v1/otp/verify', body: { target, code, recordId } },
    },
  },
  projectNamedIn: 'x-project-id',
  createRoutes({ authorizeKey, ...engine }) {
    const parts = { ...engine, admit: createAdmitProject({ authorizeKey }) }
    return [
      sendRoute(parts),
      verifyRoute(parts),
      recordsRoute(parts),
      statsRoute(parts),
      tokenInfoRoute(parts),
    ]
  },
}
