import type { ProjectId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { AccessClaims } from '../../domain/session.ts'

/** Signs and reads access tokens. */
export type AccessTokens = {
  /** `issuedAt` is the database's time. */
  sign(claims: AccessClaims): Secret
  /** The claims of an authentic token for this project, or null. The caller checks the time and the session. */
  read(token: Secret, projectId: ProjectId): AccessClaims | null
}
