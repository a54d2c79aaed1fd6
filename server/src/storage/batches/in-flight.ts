/**
 * Where a batch runs: the main lane takes items of every group, the overflow lane those of groups with nothing in
 * flight.
 */
export type Lane = 'main' | 'overflow'

/** An item is identified by its subject, which no other item in flight has, and by its group. */
type Entry = { subject: string; group: string }

/** What is in flight: batches by lane, and the subjects and groups of their items. */
export type InFlight = {
  hasRoom(lane: Lane): boolean
  batches(lane: Lane): number
  /** Items of all batches. */
  items(): number
  hasSubject(subject: string): boolean
  hasGroup(group: string): boolean
  /** Adds an item that was taken for the batch that begins next. */
  take(entry: Entry): void
  begin(batch: readonly Entry[], lane: Lane): void
  end(batch: readonly Entry[], lane: Lane): void
}

/** Creates the list of what is in flight; `mainMax` is how many batches the main lane has room for. */
export function createInFlight(mainMax: number): InFlight {
  const batches: Record<Lane, number> = { main: 0, overflow: 0 }
  const subjects = new Set<string>()
  const itemsOfGroups = new Map<string, number>()

  const roomOf = (lane: Lane): number => (lane === 'main' ? Math.max(1, mainMax - batches.overflow) : 1)

  return {
    hasRoom: (lane) => batches[lane] < roomOf(lane),
    batches: (lane) => batches[lane],
    // No two items in flight have the same subject.
    items: () => subjects.size,
    hasSubject: (subject) => subjects.has(subject),
    hasGroup: (group) => itemsOfGroups.has(group),

    take: ({ subject }) => void subjects.add(subject),

    begin(batch, lane) {
      batches[lane] += 1
      for (const { group } of batch) itemsOfGroups.set(group, (itemsOfGroups.get(group) ?? 0) + 1)
    },

    end(batch, lane) {
      batches[lane] -= 1
      for (const { subject, group } of batch) {
        subjects.delete(subject)
        const left = (itemsOfGroups.get(group) ?? 0) - 1
        if (left > 0) itemsOfGroups.set(group, left)
        else itemsOfGroups.delete(group)
      }
    },
  }
}
