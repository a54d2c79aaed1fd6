import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startCommand } from '../../harness/run-command.ts'

/** A node in a process of its own, as an operator starts it. */
export type NodeProcess = {
  url: string
  pid: number
  /** What it has logged, one JSON line each. */
  logLines: string[]
  /** Ends it as a power cut would. */
  kill: () => Promise<void>
  /** Ends it as an operator would. */
  stop: () => Promise<void>
}

const startMillisecondsMax = 20_000

/** Starts a node on a free port and waits until it listens. */
export async function startNodeProcess(env: Record<string, string>): Promise<NodeProcess> {
  const child = startCommand(['dev'], { PORT: '0', LOG_LEVEL: 'info', ...env })
  const ended = once(child, 'close')
  const logLines: string[] = []
  const { pid } = child
  if (pid === undefined) throw new Error('the node did not start')
  // Nobody reads what it prints, and a full pipe would stop it.
  child.stdout.resume()

  const url = await new Promise<string>((resolve, reject) => {
    const fail = () => {
      // It would come up later, and outlive the run.
      child.kill('SIGKILL')
      reject(new Error(`the node did not start:\n${logLines.join('\n')}`))
    }
    const timer = setTimeout(fail, startMillisecondsMax)
    child.once('close', fail)
    createInterface({ input: child.stderr }).on('line', (line) => {
      logLines.push(line)
      const url = /"event":"listening","url":"([^"]+)"/.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
  })

  const end = (signal: 'SIGKILL' | 'SIGTERM') => async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  return { url, pid, logLines, kill: end('SIGKILL'), stop: end('SIGTERM') }
}
