import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

type SinkMail = { to: string; codes: string[] }

/** An SMTP server in a process of its own. */
export async function startSmtpSink({ delayMilliseconds = 0 } = {}) {
  const file = fileURLToPath(new URL('./smtp-sink-process.mjs', import.meta.url))
  const child = fork(file, [`${delayMilliseconds}`])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const ask = async <Answer>(question: string): Promise<Answer> => {
    child.send(question)
    return ((await once(child, 'message')) as [Answer])[0]
  }
  return {
    port,
    received: async () => (await ask<{ received: number }>('received')).received,
    /** By the id of the challenge: the recipient, and the code of each arrival. */
    mails: async () => new Map((await ask<{ mails: [string, SinkMail][] }>('mails')).mails),
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
