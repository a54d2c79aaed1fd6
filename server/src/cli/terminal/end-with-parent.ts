import { readFileSync } from 'node:fs'

/**
 * Ends this process, as a signal would, when the npm that started it has gone. A signal to npm ends npm and its shell and goes
 * no further, so that a server that was started by `npx` would hold its port with nobody left who could end it.
 */
export function endWithParent(): void {
  const parent = process.ppid
  const starter = starterOf(parent)
  const watch = setInterval(() => {
    if (process.ppid === parent && starterOf(parent) === starter) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200)
  watch.unref()
}

/**
 * The process that started the shell between npm and this process: when npm is killed hard, the shell stays. Null where there is
 * no such shell, as whoever started npm may go, and where the system does not say.
 */
function starterOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, name = '', starter = ''] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? []
    return /^(ba|da|a)?sh$/.test(name) ? starter : null
  } catch {
    return null
  }
}
