import type { PhoneNumber } from '../../domain/address.ts'
import type { OptOut } from '../../domain/opt-out.ts'

/** Somebody left, or came back. */
export type OptOutChange = Omit<OptOut, 'since'> & { isOut: boolean; changedAt: Date }

/** Keeps who gets nothing from which carrier. */
export type OptOutStore = {
  /** False if it was so already. `by`: who says it. */
  change(change: {
    carrier: string
    phone: PhoneNumber
    isOut: boolean
    by: 'person' | 'operator'
  }): Promise<boolean>
  /** The changes since shortly before a moment, the oldest first; with null all who are out. */
  changedSince(moment: Date | null): Promise<OptOutChange[]>
  /** Who is out, the newest first. */
  list(query: { carrier: string | null; phone: PhoneNumber | null; limit: number }): Promise<OptOut[]>
}
