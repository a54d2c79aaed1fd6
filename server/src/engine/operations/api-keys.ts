import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { formatApiKey, hashApiKey, hasRightChecksum } from '../../domain/api-key.ts'
import type { Project, ProjectId, WorkspaceId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ApiKey, ApiKeyScope, ApiKeyStore } from '../ports/api-keys.ts'

/** How long a key is cached. Every node refuses a revoked key within a second (K2). */
const believedMilliseconds = 500

export type NewApiKey = {
  workspaceId: WorkspaceId
  name: string
  scopes: ApiKeyScope[]
  expiresAt: Date | null
}

/** Makes a key. Only this answer contains its text. */
export async function createApiKey(
  keys: Pick<ApiKeyStore, 'insert'>,
  wanted: NewApiKey,
): Promise<{ key: Secret; stored: ApiKey }> {
  const { key, prefix } = formatApiKey(randomBytes(32))
  const hash = hashApiKey(key.reveal())
  if (hash === null) throw new Error('a new key does not have the shape of a key')
  return { key, stored: await keys.insert({ ...wanted, prefix, hash }) }
}

export type AuthorizeRefusal = 'invalid-key' | 'foreign-project'

export type AuthorizeOutcome =
  | { ok: true; project: Project; key: ApiKey }
  | { ok: false; refusal: AuthorizeRefusal }

/**
 * Finds the project that a key may act on: at once for a key that is believed, otherwise after asking the store. A key
 * without the scope gets the same answer as an invalid key (K2).
 */
export type AuthorizeKey = (request: KeyUse) => AuthorizeOutcome | Promise<AuthorizeOutcome>

type KeyUse = { key: unknown; projectId: unknown; scope: ApiKeyScope }

export type AuthorizeKeyParts = {
  keys: Pick<ApiKeyStore, 'findUsable' | 'touch'>
  onFault: (fault: unknown) => void
}

type Holder = { key: ApiKey; projects: Map<ProjectId, Project> }

export function createAuthorizeKey({ keys, onFault }: AuthorizeKeyParts): AuthorizeKey {
  // Unknown keys are cached as well, so that each costs the database at most one query in half a second.
  const holders = new LRUCache<string, { holder: Holder | null }>({ max: 10_000, ttl: believedMilliseconds })
  const asking = new Map<string, Promise<Holder | null>>()

  const find = (key: string, hash: Buffer): Holder | null | Promise<Holder | null> => {
    const name = hash.toString('latin1')
    const known = holders.get(name)
    if (known !== undefined) return known.holder
    // Checked first, so that a typing error costs no query.
    if (!hasRightChecksum(key)) return null
    return asking.get(name) ?? ask(hash, name)
  }

  const ask = (hash: Buffer, name: string): Promise<Holder | null> => {
    const question = keys
      .findUsable(hash)
      .then((found) => {
        const holder =
          found === null ? null : { key: found.key, projects: new Map(found.projects.map((p) => [p.id, p])) }
        holders.set(name, { holder })
        if (found?.isUseNoted === false) keys.touch([found.key.id]).catch(onFault)
        return holder
      })
      .finally(() => asking.delete(name))
    asking.set(name, question)
    return question
  }

  return (use) => {
    const hash = hashApiKey(use.key)
    const holder = hash === null ? null : find(use.key as string, hash)
    return holder instanceof Promise ? holder.then((found) => judgeUse(found, use)) : judgeUse(holder, use)
  }
}

function judgeUse(holder: Holder | null, { projectId, scope }: KeyUse): AuthorizeOutcome {
  if (holder === null || !holder.key.scopes.includes(scope)) return { ok: false, refusal: 'invalid-key' }
  const project = typeof projectId === 'string' ? holder.projects.get(projectId as ProjectId) : undefined
  return project === undefined
    ? { ok: false, refusal: 'foreign-project' }
    : { ok: true, project, key: holder.key }
}
