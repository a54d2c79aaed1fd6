import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, test } from 'vitest'
import { createSmppCarrier } from '../../src/delivery/protocols/smpp/carrier.ts'
import type { SmppOptions } from '../../src/delivery/protocols/smpp/options.ts'
import {
  createPduSplitter,
  decodePdu,
  encodePdu,
  type ForeignPdu,
  type Pdu,
} from '../../src/delivery/protocols/smpp/pdu.ts'
import { Secret } from '../../src/domain/secret.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { sleep, until } from '../harness/until.ts'
import { startSmppPeer } from '../providers/smpp-peer.ts'

const never = new AbortController().signal
setMaxListeners(0, never)

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A carrier whose link reconnects quickly, and what it reported. */
function startCarrier(port: number, options: Partial<SmppOptions> = {}) {
  const reports: string[] = []
  const carrier = createSmppCarrier({
    host: '127.0.0.1',
    port,
    systemId: 'shop',
    password: new Secret('secret'),
    source: 'Shop',
    reconnectMilliseconds: { first: 20, longest: 50 },
    log: { error: (details, event) => reports.push(`${event}: ${Object(details).detail}`) },
    ...options,
  })
  closing.push(async () => carrier.close?.())
  const deliver = (signal = never) => carrier.deliver(sampleMessage('sms'), signal)
  return { carrier, reports, deliver }
}

type RawServer = {
  port: number
  /** Of all connections, in order. */
  pdus: (Pdu | ForeignPdu)[]
  sockets: Socket[]
  stop: () => Promise<void>
}

/** A server that handles each PDU as the test says, octet by octet if necessary. */
async function startRawServer(serve: (pdu: Pdu | ForeignPdu, socket: Socket) => void): Promise<RawServer> {
  const pdus: (Pdu | ForeignPdu)[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const splitter = createPduSplitter()
    sockets.push(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      for (const bytes of splitter.push(chunk)) {
        const pdu = decodePdu(bytes)
        pdus.push(pdu)
        serve(pdu, socket)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  closing.push(stop)
  return { port: (server.address() as AddressInfo).port, pdus, sockets, stop }
}

/** The answer of an SMSC that accepts everything. */
function acceptance({ command, sequence }: Pdu | ForeignPdu): Buffer | null {
  if (command === 'bind_transceiver') return encodePdu({ command: 'bind_transceiver_resp' }, sequence)
  if (command === 'enquire_link') return encodePdu({ command: 'enquire_link_resp' }, sequence)
  if (command === 'unbind') return encodePdu({ command: 'unbind_resp' }, sequence)
  if (command !== 'submit_sm') return null
  return encodePdu({ command: 'submit_sm_resp', fields: { message_id: `s${sequence}` } }, sequence)
}

const accept = (pdu: Pdu | ForeignPdu, socket: Socket) =>
  void socket.write(acceptance(pdu) ?? Buffer.alloc(0))

describe('a link over SMPP', () => {
  test('understands an SMSC that writes octet by octet', async () => {
    const server = await startRawServer(async (pdu, socket) => {
      for (const octet of acceptance(pdu) ?? []) {
        socket.write(Buffer.from([octet]))
        await new Promise(setImmediate)
      }
    })
    const { deliver } = startCarrier(server.port)
    const answer = await deliver()
    assert.ok(answer.kind === 'accepted' && /^s\d+$/.test(answer.carrierMessageId ?? ''))
  })

  test('answers enquire_link, and refuses what is not for us, and goes on', async () => {
    const server = await startRawServer(accept)
    const { deliver } = startCarrier(server.port)
    await deliver()
    const [socket] = server.sockets
    const foreign = Buffer.from('00000010000001fe0000000000000009', 'hex')
    socket?.write(encodePdu({ command: 'enquire_link' }, 7))
    socket?.write(encodePdu({ command: 'submit_sm' }, 8))
    socket?.write(foreign)
    socket?.write(encodePdu({ command: 'submit_sm_resp' }, 4_000))
    await until(() => server.pdus.some(({ sequence }) => sequence === 9))

    const answers = server.pdus.slice(-3).map(({ command, status, sequence }) => [command, status, sequence])
    assert.deepEqual(answers, [
      ['enquire_link_resp', 0, 7],
      ['generic_nack', 4, 8],
      ['generic_nack', 3, 9],
    ])
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal(server.sockets.length, 1)
  })

  test.for([
    ['a length below a header', '0000000f'],
    ['a length of four gigabytes', 'ffffffff00000005'],
    ['a text without an end', '00000014000000050000000000000063aaaaaaaa'],
    ['a parameter longer than the PDU', '000000178000000400000000000000026100020400ff41'],
  ] as const)('is closed by %s, and opened again', async ([, hex]) => {
    const server = await startRawServer(accept)
    const { deliver, reports } = startCarrier(server.port)
    await deliver()

    server.sockets[0]?.write(Buffer.from(hex, 'hex'))

    await until(() => reports.some((report) => report.startsWith('carrier.link-lost: not SMPP')))
    await until(async () => (await deliver()).kind === 'accepted')
    assert.equal(server.pdus.filter(({ command }) => command === 'generic_nack').length, 1)
    assert.equal(server.sockets.length, 2)
  })

  test('survives any garbage', async () => {
    let garbage: Buffer = Buffer.alloc(0)
    const server = await startRawServer((pdu, socket) => {
      accept(pdu, socket)
      if (pdu.command === 'bind_transceiver') socket.write(garbage)
    })
    const mangled = fc
      .tuple(fc.constantFrom('deliver_sm', 'submit_sm_resp', 'data_sm', 'unbind'), fc.nat(), fc.nat(255))
      .map(([command, place, value]) => {
        const pdu = encodePdu({ command: command as 'deliver_sm' }, 3)
        pdu.writeUInt8(value, place % pdu.length)
        return pdu
      })
    const anything = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
    await fc.assert(
      fc.asyncProperty(fc.oneof(mangled, anything), async (bytes) => {
        garbage = bytes
        const { carrier, deliver } = startCarrier(server.port)
        const answer = await deliver(AbortSignal.timeout(30))
        assert.ok(['accepted', 'refused', 'unknown'].includes(answer.kind))
        server.sockets.at(-1)?.destroy()
        await carrier.close?.()
      }),
      { numRuns: 60 },
    )
  })

  test('that falls silent is cut and opened again', async () => {
    let isSilent = false
    const server = await startRawServer((pdu, socket) => {
      if (!isSilent) accept(pdu, socket)
    })
    const { deliver, reports } = startCarrier(server.port, {
      enquireLinkSeconds: 0.05,
      responseMilliseconds: 100,
    })
    assert.equal((await deliver()).kind, 'accepted')
    isSilent = true
    await until(() => reports.includes('carrier.link-lost: no answer to enquire_link'))
    isSilent = false
    await until(async () => (await deliver()).kind === 'accepted')
    assert.equal(server.sockets[0]?.destroyed, true)
  })

  test('that answers late but speaks is kept', async () => {
    const server = await startRawServer((pdu, socket) => {
      if (pdu.command !== 'enquire_link') accept(pdu, socket)
    })
    const { deliver } = startCarrier(server.port, { enquireLinkSeconds: 0.05, responseMilliseconds: 100 })
    for (let turn = 0; turn < 20; turn += 1) {
      assert.equal((await deliver()).kind, 'accepted')
      await sleep(20)
    }
    assert.equal(server.sockets.length, 1)
  })

  test('that dies with a window of messages leaves those unknown and refuses the others', async () => {
    const windowSize = 10
    const peer = await startSmppPeer()
    closing.push(peer.stop)
    let count = 0
    peer.decide(() => {
      count += 1
      return null
    })
    const { deliver } = startCarrier(peer.port, { windowSize })
    const answers = Promise.all(Array.from({ length: 30 }, () => deliver()))
    await until(() => count === windowSize)
    await peer.stop()

    const kinds = (await answers).map(({ kind }) => kind)
    assert.equal(kinds.filter((kind) => kind === 'unknown').length, windowSize)
    assert.equal(kinds.filter((kind) => kind === 'refused').length, 20)
    const later = await deliver()
    assert.ok(later.kind === 'refused' && later.reason !== 'for-good')
  })

  test('is found again when the SMSC comes back', async () => {
    const first = await startSmppPeer()
    const { deliver, reports } = startCarrier(first.port)
    await deliver()
    await first.stop()
    await until(() => reports.some((report) => report.startsWith('carrier.unreachable')))

    const second = await startSmppPeer({ port: first.port })
    closing.push(second.stop)
    await until(async () => (await deliver()).kind === 'accepted')
    assert.equal(second.submitted.length, 1)
  })

  test('that the SMSC unbinds is let go and opened again', async () => {
    const peer = await startSmppPeer()
    closing.push(peer.stop)
    const { deliver } = startCarrier(peer.port)
    await deliver()
    const [session] = peer.sessions
    const unbound = new Promise((resolve) => session?.unbind((response) => resolve(response.command)))
    assert.equal(await unbound, 'unbind_resp')
    await until(() => peer.binds() === 2)
    await until(async () => (await deliver()).kind === 'accepted')
  })

  test('unbinds when the carrier is closed, and then sends nothing', async () => {
    const server = await startRawServer(accept)
    const { carrier, deliver } = startCarrier(server.port)
    await deliver()
    await carrier.close?.()
    await until(() => server.pdus.at(-1)?.command === 'unbind')
    assert.equal((await deliver()).kind, 'refused')
    assert.equal(server.sockets.length, 1)
  })

  test('that never answers the bind is given up in time', async () => {
    const server = await startRawServer(() => {})
    const { deliver, reports } = startCarrier(server.port, { connectMilliseconds: 100 })
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
    await until(() => reports.length > 0)
    assert.match(reports[0] ?? '', /no answer in time/)
  })

  test('that takes nothing more is cut, so that what it has not taken never leaves', async () => {
    const server = await startRawServer((pdu, socket) => {
      accept(pdu, socket)
      if (pdu.command === 'submit_sm') socket.pause()
    })
    const { carrier, reports } = startCarrier(server.port, { windowSize: 400, concatenation: 'payload' })
    const givingUp = new AbortController()
    setMaxListeners(0, givingUp.signal)
    const message = sampleMessage('sms', { text: 'я'.repeat(32_000) })
    await until(async () => (await carrier.deliver(message, never)).kind === 'accepted')
    const trying = Promise.all(Array.from({ length: 300 }, () => carrier.deliver(message, givingUp.signal)))
    await sleep(300)
    givingUp.abort()
    const answers = await trying
    assert.ok(answers.every(({ kind }) => kind === 'unknown'))
    await until(() => reports.includes('carrier.link-lost: the SMSC takes nothing'))
  })

  test('that was forgotten by the SMSC is bound anew', async () => {
    const peer = await startSmppPeer()
    closing.push(peer.stop)
    peer.decide((_submitted, count) => (count === 1 ? 0x04 : 0))
    const { deliver } = startCarrier(peer.port)
    const answer = await deliver()
    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
    await until(() => peer.binds() === 2)
    await until(async () => (await deliver()).kind === 'accepted')
  })
})
