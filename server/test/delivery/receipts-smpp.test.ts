import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ReceiptWorld, startReceiptWorld } from '../harness/receipt-world.ts'
import { until } from '../harness/until.ts'
import { type SmppPeer, startSmppPeer } from '../providers/smpp-peer.ts'

let peer: SmppPeer
let world: ReceiptWorld
beforeAll(async () => {
  peer = await startSmppPeer({})
  world = await startReceiptWorld(
    `carriers:\n  smsc: {kind: smpp, host: 127.0.0.1, port: ${peer.port}, systemId: shop, password: secret, source: Shop}\nroutes:\n  sms: [smsc]\n`,
  )
})
afterAll(async () => {
  await world.stop()
  await peer.stop()
})

const present = (text: string) =>
  new Promise<number>((resolve) => {
    const [session] = peer.sessions
    session?.deliver_sm({ esm_class: 4, short_message: { message: text } }, (response) =>
      resolve(response.command_status),
    )
  })

test('a receipt of the SMSC moves the message that was sent by it, and is confirmed once it is kept', async () => {
  const { app } = world
  await app.post('/api/auth/otp/send', { mobile: '9175113021', countryCode: '+91', type: 'verification' })
  const messages = () =>
    app.db.query<{ id: string }>("select carrier_message_id as id from messages where carrier = 'smsc'")
  await until(async () => (await messages()).length === 1)
  const id = (await messages())[0]?.id ?? ''
  expect(id).not.toBe('')

  expect(await present(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`)).toBe(0)
  expect(await world.stateOf('smsc', id)).toBe('delivered')
  expect(await present(`id:${id} sub:001 dlvrd:000 stat:ENROUTE err:000 text:`)).toBe(0)
  expect(await present(`id:${id} sub:001 dlvrd:000 stat:UNDELIV err:027 text:`)).toBe(0)
  expect(await present('id:nobodys sub:001 dlvrd:001 stat:DELIVRD err:000 text:')).toBe(0)
  expect(await world.stateOf('smsc', id)).toBe('delivered')
})

test('there is no page for its reports', async () => {
  expect((await world.send({ path: '/receipts/smsc', body: 'id=1' })).status).toBe(404)
})
