/** One queue for each group. Entries are taken from all groups in turn, the oldest of each first. */
export type Queues<Entry> = {
  push(group: string, entry: Entry): void
  size(): number
  sizeOf(group: string): number
  groups(): number
  /** How many entries the group has that has most. */
  largest(): number
  /**
   * Takes at most `max` entries that are free, from the allowed groups, one of each in turn. `onTake` is called with
   * each entry as it is taken, so that it can block later ones; these keep their place.
   */
  take(wanted: Wanted<Entry>): Entry[]
}

type Wanted<Entry> = {
  max: number
  isFree: (entry: Entry) => boolean
  mayTake: (group: string) => boolean
  onTake: (entry: Entry) => void
}

export function createQueues<Entry>(): Queues<Entry> {
  const queues = new Map<string, Entry[]>()
  let size = 0

  return {
    push(group, entry) {
      const queue = queues.get(group)
      if (queue === undefined) queues.set(group, [entry])
      else queue.push(entry)
      size += 1
    },
    size: () => size,
    sizeOf: (group) => queues.get(group)?.length ?? 0,
    groups: () => queues.size,
    largest() {
      let largest = 0
      for (const { length } of queues.values()) if (length > largest) largest = length
      return largest
    },

    take({ max, isFree, mayTake, onTake }) {
      const readers = [...queues]
        .filter(([group]) => mayTake(group))
        .map(([group, queue]) => ({ group, queue, next: 0, left: [] as Entry[] }))
      const taken: Entry[] = []
      let turn = readers
      while (taken.length < max && turn.length > 0) {
        turn = turn.filter((reader) => taken.length < max && takeOne(reader, { isFree, onTake, taken }))
      }

      for (const { group, queue, next, left } of readers) {
        if (next === 0) continue
        // A group that had its turn goes to the end, so that every group is served even if there are more groups than
        // places.
        queues.delete(group)
        const rest = left.length === 0 ? queue.slice(next) : [...left, ...queue.slice(next)]
        if (rest.length > 0) queues.set(group, rest)
      }
      size -= taken.length
      return taken
    },
  }
}

type Reader<Entry> = { queue: Entry[]; next: number; left: Entry[] }

/** Takes the next free entry of one group; false when it has none. */
function takeOne<Entry>(
  reader: Reader<Entry>,
  { isFree, onTake, taken }: Pick<Wanted<Entry>, 'isFree' | 'onTake'> & { taken: Entry[] },
): boolean {
  while (reader.next < reader.queue.length) {
    const entry = reader.queue[reader.next] as Entry
    reader.next += 1
    if (!isFree(entry)) {
      reader.left.push(entry)
      continue
    }
    onTake(entry)
    taken.push(entry)
    return true
  }
  return false
}
