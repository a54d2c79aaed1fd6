import { createEngine, type Engine } from '../engine/engine.ts'
import type { Dispatcher } from '../engine/ports/dispatcher.ts'
import { createDisposableDomains } from './disposable-domains.ts'
import type { NodeParts } from './node-parts.ts'
import type { Stores } from './open-stores.ts'

/** The engine of a node: the use cases on its stores, its keys and its dispatcher. */
export function createNodeEngine(stores: Stores, parts: NodeParts, dispatcher: Dispatcher): Engine {
  const { secrets, metrics, log } = parts
  return createEngine({
    challenges: stores.challenges,
    records: stores.records,
    projects: stores.projects,
    keys: stores.keys,
    accounts: stores.accounts,
    registrations: stores.registrations,
    passwords: stores.passwords,
    businesses: stores.businesses,
    sessions: stores.sessions,
    proofs: stores.proofs,
    dispatcher,
    keyring: parts.keyring,
    accessTokens: parts.accessTokens,
    lifeOf: parts.lifeOf,
    hashing: parts.hashing,
    commonPasswords: parts.commonPasswords,
    onFault: parts.onFault,
    proofOfWorkParts: { secrets, readClock: stores.readClock },
    disposableDomains: createDisposableDomains(),
    onStop: (stop) => log.warn({ event: 'destination-stopped', ...stop }, 'sends to a prefix were stopped'),
    count: { send: metrics.countSend, check: metrics.countCheck },
  })
}
