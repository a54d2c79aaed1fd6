/** The part of the package that the tests use; it has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events'
  import type { Server, Socket } from 'node:net'

  export type PeerPdu = {
    command: string
    command_status: number
    sequence_number: number
    response(options?: object): PeerPdu
    [parameter: string]: unknown
  }

  export type PeerSession = EventEmitter & {
    socket: Socket
    send(pdu: PeerPdu): boolean
    deliver_sm(parameters: object, answered?: (response: PeerPdu) => void): boolean
    data_sm(parameters: object, answered?: (response: PeerPdu) => void): boolean
    enquire_link(answered?: (response: PeerPdu) => void): boolean
    unbind(answered?: (response: PeerPdu) => void): boolean
  }

  const smpp: { createServer(options: object, listener: (session: PeerSession) => void): Server }
  export default smpp
}
