import type { AddressInfo } from 'node:net'
import smpp, { type PeerPdu, type PeerSession } from 'smpp'
import type { PeerBehaviour, ReceivedMessage } from '../contracts/carrier-contract.ts'
import { sleep } from '../harness/until.ts'

/** A `submit_sm` as the peer's own decoder read it. */
export type Submitted = {
  to: string
  from: string
  /** The text of this part, decoded by the peer. */
  text: string
  part: { reference: number; total: number; number: number } | null
  reference: string
  messageId: string
  pdu: PeerPdu
}

export type SmppPeer = {
  port: number
  /** Accepted messages, in order of arrival. */
  submitted: Submitted[]
  sessions: Set<PeerSession>
  /** How many binds were accepted. */
  binds: () => number
  refusedBinds: () => number
  /** The maximum number of `submit_sm` that were unanswered at a time on one connection. */
  unansweredMax: () => number
  behave: (behaviour: PeerBehaviour) => void
  /** Decides each `submit_sm`: a `command_status`, or null for no answer. */
  decide: (decide: (submitted: Submitted, count: number) => number | null | Promise<number | null>) => void
  stop: () => Promise<void>
}

export type SmppPeerOptions = {
  password?: string
  /** The status that refuses every bind, unless it is 0. */
  bindStatus?: () => number
  tls?: { key: string; cert: string }
  port?: number
  answersEnquiries?: boolean
}

const statusOf: Record<PeerBehaviour, number | null> = {
  accept: 0,
  'refuse-for-good': 0x0b,
  'refuse-for-now': 0x58,
  silent: null,
}

/** An SMSC made of the `smpp` package: its codec and its text decoding are not ours. */
export async function startSmppPeer(options: SmppPeerOptions = {}): Promise<SmppPeer> {
  const { password = 'secret', bindStatus = () => 0, tls = {}, port = 0, answersEnquiries = true } = options
  const sessions = new Set<PeerSession>()
  const submitted: Submitted[] = []
  let decide: Parameters<SmppPeer['decide']>[0] = () => 0
  let binds = 0
  let refusedBinds = 0
  let count = 0
  let unansweredMax = 0

  const server = smpp.createServer(tls, (session) => {
    let unanswered = 0
    sessions.add(session)
    session.on('error', () => {})
    session.on('close', () => sessions.delete(session))
    const bind = (pdu: PeerPdu) => {
      const status = pdu.password === password ? bindStatus() : 0x0e
      if (status === 0) binds += 1
      else refusedBinds += 1
      session.send(pdu.response({ command_status: status, system_id: 'peer' }))
    }
    session.on('bind_transceiver', bind)
    session.on('bind_transmitter', bind)
    session.on('unbind', (pdu: PeerPdu) => {
      session.send(pdu.response())
      session.socket.end()
    })
    session.on('enquire_link', (pdu: PeerPdu) => {
      if (answersEnquiries) session.send(pdu.response())
    })
    session.on('submit_sm', async (pdu: PeerPdu) => {
      count += 1
      unanswered += 1
      unansweredMax = Math.max(unansweredMax, unanswered)
      const message = readSubmit(pdu, count)
      const status = await decide(message, count)
      if (status === null) return
      unanswered -= 1
      if (status === 0) submitted.push(message)
      session.send(pdu.response({ command_status: status, message_id: message.messageId }))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  let isStopped = false

  return {
    port: (server.address() as AddressInfo).port,
    submitted,
    sessions,
    binds: () => binds,
    refusedBinds: () => refusedBinds,
    unansweredMax: () => unansweredMax,
    behave(behaviour) {
      decide = () => statusOf[behaviour]
    },
    decide(next) {
      decide = next
    },
    async stop() {
      if (isStopped) return
      isStopped = true
      const closed = new Promise((resolve) => server.close(resolve))
      for (const session of sessions) session.socket.destroy()
      await closed
      // The other end of the connections is in this process too, and has to see them close.
      await sleep(20)
    },
  }
}

function readSubmit(pdu: PeerPdu, count: number): Submitted {
  const content = pdu.short_message as { udh?: Buffer[]; message: string }
  const payload = pdu.message_payload as { message: string } | string | undefined
  const [header] = content.udh ?? []
  const part =
    header !== undefined ? { reference: header[2], total: header[3], number: header[4] } : sarOf(pdu)
  return {
    to: String(pdu.destination_addr),
    from: String(pdu.source_addr),
    text: content.message || (typeof payload === 'object' ? payload.message : (payload ?? '')),
    part: part as Submitted['part'],
    reference: String(pdu.user_message_reference),
    messageId: `m${count}`,
    pdu,
  }
}

const sarOf = (pdu: PeerPdu) =>
  pdu.sar_msg_ref_num === undefined
    ? null
    : { reference: pdu.sar_msg_ref_num, total: pdu.sar_total_segments, number: pdu.sar_segment_seqnum }

/** The messages that a phone would show: whole ones unchanged, and parts joined when all are there. */
export function assemble(submitted: Submitted[]): Submitted[] {
  const open = new Map<string, Submitted[]>()
  const whole: Submitted[] = []
  for (const message of submitted) {
    if (message.part === null) {
      whole.push(message)
      continue
    }
    const key = `${message.to} ${message.part.reference}`
    const parts = [...(open.get(key) ?? []), message]
    open.set(key, parts)
    if (parts.length < message.part.total) continue
    open.delete(key)
    parts.sort((a, b) => (a.part?.number ?? 0) - (b.part?.number ?? 0))
    whole.push({ ...message, text: parts.map(({ text }) => text).join('') })
  }
  return whole
}

/** The same, in the form that the carrier contract requires. */
export const receivedBy = ({ submitted }: SmppPeer): ReceivedMessage[] =>
  assemble(submitted).map(({ to, text, reference }) => ({
    headerNames: [],
    recipients: [`+${to}`],
    text,
    identity: reference,
  }))
