import { fork } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/**
 * Starts a file of this folder as a process of its own, so that its processor time is counted apart. It answers each
 * message with one of its own, and with `{ error }` if it failed. `parameters` are those of its command line.
 */
export function startChild(file, parameters = []) {
  const child = fork(join(here, file), parameters)

  const nextMessage = () =>
    new Promise((resolve, reject) => {
      const onMessage = (message) => {
        child.off('exit', onExit)
        if (message.error === undefined) resolve(message)
        else reject(new Error(message.error))
      }
      const onExit = (code) => {
        child.off('message', onMessage)
        reject(new Error(`${file} ended with ${code}`))
      }
      child.once('message', onMessage)
      child.once('exit', onExit)
    })

  return {
    pid: child.pid,
    /** What it says by itself, such as the port that it listens on. */
    nextMessage,
    ask: (question) => {
      const answer = nextMessage()
      child.send(question)
      return answer
    },
    stop: () => {
      if (child.connected) child.disconnect()
    },
  }
}

/** Answers every message of the parent with what `answer` makes of it; ends with the parent. */
export function answerParent(answer) {
  process.on('message', async (question) => {
    try {
      process.send(await answer(question))
    } catch (error) {
      process.send({ error: String(error?.stack ?? error) })
    }
  })
  process.on('disconnect', () => process.exit())
}
