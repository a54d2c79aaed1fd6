import { readdirSync, readFileSync } from 'node:fs'

/*
 * Processor time by process, from Linux's /proc. It depends far less on what else the machine does than requests a second
 * do: beside other work those fell to a quarter where the time for a request rose by a quarter.
 */

// The unit of /proc/PID/stat is a hundredth of a second on every Linux that Node runs on.
const microsecondsPerTick = 10_000

/**
 * Does the work, and returns its result and the microseconds, user and system, that each group of processes took for it.
 * A group is a process with all its descendants, except those of another group; `groups` are the ids of these processes
 * by name.
 */
export async function measureProcessorTime(groups, work) {
  const before = readTimes(groups)
  const result = await work()
  const after = readTimes(groups)
  const microseconds = Object.fromEntries(
    Object.keys(groups).map((name) => [name, after[name] - before[name]]),
  )
  return { result, microseconds }
}

/**
 * With the time of descendants that have ended: it moves to the parent that waits for them, so the sum over a living tree
 * never loses any. PostgreSQL ends a process with its connection, and parallel workers with their statement.
 */
function readTimes(groups) {
  const processes = readProcesses()
  const names = new Map(Object.entries(groups).map(([name, pid]) => [pid, name]))
  const times = Object.fromEntries(Object.keys(groups).map((name) => [name, 0]))
  for (const [pid, { ticks }] of processes) {
    const name = nearestGroup(pid, { processes, names })
    if (name !== undefined) times[name] += ticks * microsecondsPerTick
  }
  return times
}

function nearestGroup(pid, { processes, names }) {
  for (let at = pid; processes.has(at); at = processes.get(at).parent) if (names.has(at)) return names.get(at)
  return undefined
}

/** Every process of the machine: its parent, and its processor time with that of its ended children. */
export function readProcesses() {
  const processes = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = readFields(name)
    if (fields === null) continue
    const [, parent] = fields
    const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0)
    processes.set(Number(name), { parent: Number(parent), ticks })
  }
  return processes
}

/** The fields after the name of the program, which may contain spaces and brackets. Null for one that has just ended. */
function readFields(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
