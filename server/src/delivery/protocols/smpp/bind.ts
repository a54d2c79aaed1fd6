import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Secret } from '../../../domain/secret.ts'
import { classifyStatus } from './command-status.ts'
import { type SessionParts, SmppSession } from './session.ts'

/** With `transmitter` no receipts arrive: another system binds as the receiver. */
export const bindModes = ['transceiver', 'transmitter'] as const
export type BindMode = (typeof bindModes)[number]

export type Smsc = {
  host: string
  port: number
  isSecure: boolean
  /** PEM of the authority that signed the SMSC's certificate, if it is not a public one. */
  certificateAuthority: string | null
  systemId: string
  password: Secret
  systemType: string
  bindMode: BindMode
  connectMilliseconds: number
  enquireLinkMilliseconds: number
}

/** The SMSC refused the bind. */
export class BindRefusal extends Error {
  /** True for a problem that does not go away by itself. */
  readonly isAboutAccount: boolean

  constructor(status: number) {
    const { name, meaning } = classifyStatus(status)
    super(`The SMSC refused to bind: ${name}`)
    this.isAboutAccount = meaning === 'account'
  }
}

const interfaceVersion = 0x34

/** Connects and binds (SMPP 3.4 section 4.1). Rejects with the error of the network or the SMSC. */
export async function bindSession(
  smsc: Smsc,
  parts: SessionParts,
  signal: AbortSignal,
): Promise<SmppSession> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(smsc.connectMilliseconds)])
  const session = new SmppSession(await openSocket(smsc, limit), parts)
  const bound = await session.request(
    {
      command: `bind_${smsc.bindMode}`,
      fields: {
        system_id: smsc.systemId,
        password: smsc.password.reveal(),
        system_type: smsc.systemType,
        interface_version: interfaceVersion,
      },
    },
    { signal: limit },
  )
  if (bound.kind === 'answered' && bound.response.status === 0 && bound.response.command !== 'generic_nack') {
    session.startEnquiring(smsc.enquireLinkMilliseconds)
    return session
  }
  session.cut('not bound')
  throw bound.kind === 'answered' ? new BindRefusal(bound.response.status) : new Error(bound.detail)
}

function openSocket(smsc: Smsc, signal: AbortSignal): Promise<Socket> {
  const { host, port, isSecure, certificateAuthority } = smsc
  return new Promise((resolve, reject) => {
    const socket = isSecure
      ? connectTls({
          host,
          port,
          minVersion: 'TLSv1.2',
          // SNI does not allow an IP address (RFC 6066 section 3).
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(certificateAuthority === null ? {} : { ca: certificateAuthority }),
        })
      : connect({ host, port })
    const settle = (error?: Error) => {
      signal.removeEventListener('abort', abort)
      socket.off('error', settle)
      socket.off('close', closed)
      if (error === undefined) return resolve(socket)
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const abort = () => settle(new Error('no connection in time'))
    const closed = () => settle(new Error('the connection was closed'))

    socket.setNoDelay(true)
    socket.once('error', settle)
    socket.once('close', closed)
    socket.once(isSecure ? 'secureConnect' : 'connect', () => settle())
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
}
