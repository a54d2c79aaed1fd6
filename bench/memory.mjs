import { readFileSync } from 'node:fs'
import { readProcesses } from './processor-time.mjs'

/** The proportional memory of a server and of every PostgreSQL process in MB, and the server's own peak. */
export function readMemory({ pid, postmaster }) {
  const processes = readProcesses()
  const ours = [...processes.keys()].filter(
    (id) => id === pid || id === postmaster || processes.get(id).parent === postmaster,
  )
  const kilobytes = ours.map((id) => readField(`/proc/${id}/smaps_rollup`, 'Pss'))
  return {
    now: Math.round(kilobytes.reduce((total, number) => total + number, 0) / 1024),
    peak: Math.round(readField(`/proc/${pid}/status`, 'VmHWM') / 1024),
  }
}

function readField(file, name) {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
