import { hkdfSync, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectId } from '../domain/project.ts'
import type { Secret } from '../domain/secret.ts'
import { type AuthorizeKey, createApiKey } from '../engine/operations/api-keys.ts'
import type { ApiKeyStore } from '../engine/ports/api-keys.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'

/** The content of `dev.json` in the data directory: where the server is, and how to access it. */
export type DevFile = { url: string; projectId: ProjectId; apiKey: string; adminToken: string }

export type DevFileParts = {
  projects: ProjectStore
  keys: ApiKeyStore
  authorizeKey: AuthorizeKey
  /** The master secret. */
  secret: Secret
}

const fileName = 'dev.json'

/** The key of the last start if it still works, otherwise a new one; and the token that is derived from the secret. */
export async function ensureDevAccess(
  dataDirectory: string,
  projectId: ProjectId,
  { projects, keys, authorizeKey, secret }: DevFileParts,
): Promise<Pick<DevFile, 'apiKey' | 'adminToken'>> {
  const last = await readDevFile(dataDirectory)
  const adminToken = deriveAdminToken(secret)
  const known = await authorizeKey({ key: last?.apiKey, projectId, scope: 'otp' })
  if (last !== null && known.ok) return { apiKey: last.apiKey, adminToken }

  const project = await projects.find(projectId)
  if (project === null) throw new Error(`project ${projectId} does not exist`)
  const { key } = await createApiKey(keys, {
    workspaceId: project.workspaceId,
    name: 'Development',
    scopes: ['otp', 'otp:read-code'],
    expiresAt: null,
  })
  return { apiKey: key.reveal(), adminToken }
}

/**
 * One token for all nodes that share the secret: nodes that start at once cannot read it from a file that none has
 * written.
 */
function deriveAdminToken(secret: Secret): string {
  const bytes = hkdfSync('sha256', secret.reveal(), 'watchword', 'watchword/development-admin-token/1', 32)
  return `wwa_${Buffer.from(bytes).toString('base64url')}`
}

/**
 * Writes the file. Returns a function for the end of this node: it restores the node that the file named before, if
 * that one still runs. Otherwise the file would lead nowhere while a server is there.
 */
export async function takeDevFile(dataDirectory: string, content: DevFile): Promise<() => Promise<void>> {
  const former = await readDevFile(dataDirectory)
  await writeDevFile(dataDirectory, content)
  return async () => {
    const last = await readDevFile(dataDirectory)
    if (former === null || former.url === content.url || last?.url !== content.url) return
    if (await isAnswered(former.url)) await writeDevFile(dataDirectory, former)
  }
}

const isAnswered = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Readable by its owner only, and replaced as a whole, because other programs may be reading it. */
async function writeDevFile(dataDirectory: string, content: DevFile): Promise<void> {
  const path = join(dataDirectory, fileName)
  // Nothing has made the directory where the database lies elsewhere and the secret is given.
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  // An unpredictable name and a file that must be new, so that no link of another account can stand in its place.
  const partial = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(partial, path)
}

async function readDevFile(dataDirectory: string): Promise<DevFile | null> {
  try {
    return JSON.parse(await readFile(join(dataDirectory, fileName), 'utf8')) as DevFile
  } catch {
    return null
  }
}
