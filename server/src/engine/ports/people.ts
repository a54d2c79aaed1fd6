import type { Address } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'

/** How much was found of a person and erased. */
export type Erased = { accounts: number; challenges: number; events: number }

export type PersonStore = {
  /** Erases everything that leads to the address, in one transaction. Null if there was nothing. */
  erase(projectId: ProjectId, address: Address): Promise<Erased | null>
}
