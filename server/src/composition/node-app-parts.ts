import type { Engine } from '../engine/engine.ts'
import type { RunImports } from '../engine/operations/run-imports.ts'
import type { Mount } from '../http/envelopes.ts'
import type { Delivery } from './create-delivery.ts'
import type { OperatorParts } from './create-operators.ts'
import type { DevelopmentAccess } from './development-access.ts'
import type { NodeParts } from './node-parts.ts'
import type { Stores } from './open-stores.ts'

/** What the HTTP side of a node is made of. */
export type NodeAppParts = {
  stores: Stores
  parts: NodeParts
  delivery: Delivery
  /** The public APIs. */
  mounts: Mount[]
  engine: Pick<Engine, 'sendCode'>
  runImports: RunImports
  operators: OperatorParts
  access: DevelopmentAccess | null
}

/** The same without the public APIs. */
export type Node = Omit<NodeAppParts, 'mounts'>
