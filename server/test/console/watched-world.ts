import { setTimeout as sleep } from 'node:timers/promises'
import { type OperatorWorld, startOperatorWorld } from '../harness/operator-world.ts'
import { wrongCode } from '../harness/wrong-code.ts'

export type WatchedWorld = Awaited<ReturnType<typeof startWatchedWorld>>

/** A server with two gateways on which codes fared in every way, all of it through the APIs. */
export async function startWatchedWorld() {
  const world = await startOperatorWorld()
  const project = await world.createProject()
  const codeSentTo = (to: string): string => {
    const posts = [...world.north.peer.accepted, ...world.south.peer.accepted]
    const message = posts
      .map(({ body }) => body as { to: string; code: string })
      .findLast((body) => body.to === to)
    if (message === undefined) throw new Error(`nothing was sent to ${to}`)
    return message.code
  }

  const verifiedId = await project.send('0712 345 678', { recordId: 'order_1' })
  await world.settled()
  const code = codeSentTo('+255712345678')
  // A busy node knows the clock of the database to tens of milliseconds, and people are slower than that.
  await sleep(200)
  await project.verify('0712 345 678', wrongCode(code), { recordId: 'order_1' })
  await sleep(200)
  await world.report('north', world.north.lastId(), 'delivered')
  await sleep(200)
  await project.verify('0712 345 678', code, { recordId: 'order_1' })

  await sendByMail(world, project)
  await sendToOthers(world, project)
  return { world, project, verifiedId, codeSentTo }
}

type Project = Awaited<ReturnType<OperatorWorld['createProject']>>

async function sendByMail(world: OperatorWorld, project: Project): Promise<void> {
  await project.send('grace@example.test')
  await world.settled()
  await project.verify('grace@example.test', await world.app.inbox.lastCode('grace@example.test'))
  await project.send('linus@example.test')
}

async function sendToOthers(world: OperatorWorld, project: Project): Promise<void> {
  await project.send('+225 07 01 02 03 04')
  await world.settled()
  await world.report('south', world.south.lastId(), 'undelivered')
  world.north.refuse(true)
  world.south.refuse(true)
  await project.send('+255 712 345 679')
  await world.settled()
  world.north.refuse(false)
  world.south.refuse(false)
}
