import type { DialectManifest } from '../http/dialect-manifest.ts'
import type { Mount } from '../http/envelopes.ts'
import type { Page } from '../http/page.ts'

/** What the playground of the console tries: a send and a check of one API, with what opens it. */
export type Trial = {
  /** The name of the API. */
  name: string
  projectId: string
  to: string
  code: string
  headers: Record<string, string>
  send: { path: string; body: object }
  check: { path: string; body: object }
}

export type TrialParts = {
  manifests: readonly Pick<DialectManifest, 'name' | 'demo'>[]
  mounts: readonly Mount[]
  access: { projectId: string; apiKey: string }
}

/** `/dev/trials`: what to try of each mounted API, with the key of development. */
export const createTrialsPage = (parts: TrialParts): Page => ({
  path: '/dev/trials',
  respond: async () => ({
    status: 200,
    contentType: 'application/json; charset=utf-8',
    text: JSON.stringify({ trials: readTrials(parts) }),
  }),
})

/** What to try of each mounted API. */
export const readTrials = (parts: TrialParts): Trial[] =>
  parts.manifests.flatMap((manifest) => trialOf(manifest, parts))

function trialOf({ name, demo }: TrialParts['manifests'][number], { mounts, access }: TrialParts): Trial[] {
  const mount = mounts.find(({ dialect }) => dialect.name === name)
  if (demo.trial === undefined || mount === undefined) return []
  const { to, code, headers, send, check } = demo.trial
  const below = ({ path, body }: Trial['send']) => ({ path: mount.prefix + path, body })
  return [
    {
      name,
      projectId: demo.projectId,
      to,
      code,
      headers: headers(access),
      send: below(send),
      check: below(check),
    },
  ]
}
