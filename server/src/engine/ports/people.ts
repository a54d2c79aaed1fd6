import type { Address } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'

/** What was found of a person and is gone. */
export type Erased = { accounts: number; challenges: number; events: number }

export type PersonStore = {
  /** Erases everything that leads to the address, in one transaction. Null when there is nothing of it. */
  erase(projectId: ProjectId, address: Address): Promise<Erased | null>
}
