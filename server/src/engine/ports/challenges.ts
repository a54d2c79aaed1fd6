import type { Address } from '../../domain/address.ts'
import type { CheckJudgement, CheckRequest, CheckState } from '../../domain/judge-check.ts'
import type { SendJudgement, SendRequest, SendState } from '../../domain/judge-send.ts'
import type { Limit, LimitUsage } from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'

/*
 * What the engine needs of storage for codes. Storage implements this port; the engine knows nothing else of it.
 */

/** Decides sends and checks, many at once, each under the locks of its subject. */
export type ChallengeStore = {
  /** Commits the decision of `judge` before it answers. */
  decideSend(send: SendRequest, judge: (state: SendState) => SendJudgement): Promise<SendJudgement>
  decideCheck(check: CheckRequest, judge: (state: CheckState) => CheckJudgement): Promise<CheckJudgement>
  /** Counts one event of a limit (or a distinct member) outside of a send or a check. */
  countEvent(projectId: ProjectId, limit: Limit, member: string | null): Promise<LimitUsage>
  /** The address of the newest challenge of the last 24 hours whose target was `entered`. */
  findByEnteredTarget(subject: {
    projectId: ProjectId
    purpose: PurposeName
    recordId: string | null
    entered: string
  }): Promise<Address | null>
  /** The `secondAddress` of the newest challenge of the last 24 hours for this address and purpose. */
  secondAddressOf(subject: {
    projectId: ProjectId
    purpose: PurposeName
    address: Address
  }): Promise<string | null>
  /** Ends the lock of an address and its run of failures. False if the project does not know the address. */
  unlock(projectId: ProjectId, address: Address): Promise<boolean>
}
