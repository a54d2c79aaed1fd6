/**
 * Where a batch runs: the main lane takes items of every group, the overflow lane those of groups with nothing in
 * flight.
 */
export type Lane = 'main' | 'overflow'

/** An item is identified by its subject, which no other item in flight has, and by its group. */
type Entry = { subject: string; group: string }

/** What is in flight: one batch on each lane, and the subjects and groups of their items. */
export type InFlight = {
  isFree(lane: Lane): boolean
  hasSubject(subject: string): boolean
  hasGroup(group: string): boolean
  /** Adds an item that was taken for the batch that begins next. */
  take(entry: Entry): void
  begin(batch: readonly Entry[], lane: Lane): void
  end(batch: readonly Entry[], lane: Lane): void
}

/** Creates the list of what is in flight. */
export function createInFlight(): InFlight {
  const lanes = new Set<Lane>()
  const subjects = new Set<string>()
  const itemsOfGroups = new Map<string, number>()

  return {
    isFree: (lane) => !lanes.has(lane),
    hasSubject: (subject) => subjects.has(subject),
    hasGroup: (group) => itemsOfGroups.has(group),

    take: ({ subject }) => void subjects.add(subject),

    begin(batch, lane) {
      lanes.add(lane)
      for (const { group } of batch) itemsOfGroups.set(group, (itemsOfGroups.get(group) ?? 0) + 1)
    },

    end(batch, lane) {
      lanes.delete(lane)
      for (const { subject, group } of batch) {
        subjects.delete(subject)
        const left = (itemsOfGroups.get(group) ?? 0) - 1
        if (left > 0) itemsOfGroups.set(group, left)
        else itemsOfGroups.delete(group)
      }
    },
  }
}
