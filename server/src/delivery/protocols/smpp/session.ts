import type { Socket } from 'node:net'
import { commandStatus } from './command-status.ts'
import {
  type CommandName,
  createPduSplitter,
  decodePdu,
  encodePdu,
  isResponse,
  type Pdu,
  type PduDraft,
} from './pdu.ts'
import type { IncomingMessage } from './receipt.ts'

/*
 * One connection to an SMSC (SMPP 3.4 section 2.2): unanswered requests, requests from the SMSC, and the check that it
 * still responds. A session never reconnects; `keepLink` opens another.
 */

/** `unsent`: no part of the request left this process. `unanswered`: some or all of it did, and its fate is unknown. */
export type SmppResult =
  | { kind: 'answered'; response: Pdu }
  | { kind: 'unsent'; detail: string }
  | { kind: 'unanswered'; detail: string }

export type SessionParts = {
  /** How long the SMSC may take for an answer (section 7.2, response timer). */
  responseMilliseconds: number
  /** Handles a `deliver_sm` or `data_sm`, and resolves to the `command_status` of the answer. */
  receive(message: IncomingMessage): Promise<number>
}

type Outstanding = {
  command: CommandName
  /** The request has left this process. */
  isFlushed: boolean
  end(result: SmppResult): void
}

type Limits = {
  /** Aborting ends the wait, but not the request: it was sent. */
  signal?: AbortSignal
  /** Called once, when no more answer can come: with the answer, or with the reason why there is none. */
  onEnd?: (result: SmppResult) => void
}

/** The most that we buffer for a peer that does not read. */
const unreadBytesMax = 1_048_576
const partingMilliseconds = 1_000
/** How long an abandoned request may take to leave this process. */
const flushMilliseconds = 100
const sequenceMax = 0x7fffffff

/** Takes over a connected socket. */
export class SmppSession {
  /** Resolves to the reason once the connection is closed and every request has ended. */
  readonly ended: Promise<string>
  readonly #socket: Socket
  readonly #parts: SessionParts
  readonly #splitter = createPduSplitter()
  readonly #outstanding = new Map<number, Outstanding>()
  #sequence = 0
  #reason = 'the SMSC closed the connection'
  #state: 'open' | 'leaving' | 'ended' = 'open'
  #hasHeard = false
  #isProbing = false
  #enquiries: NodeJS.Timeout | undefined

  constructor(socket: Socket, parts: SessionParts) {
    this.#socket = socket
    this.#parts = parts
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', (error) => this.cut(error.message))
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#end()
        resolve(this.#reason)
      })
    })
  }

  /** New requests are accepted. */
  get isOpen(): boolean {
    return this.#state === 'open' && !this.#socket.destroyed
  }

  /** Sends a request and waits for its answer. */
  request<Name extends CommandName>(
    draft: PduDraft<Name>,
    { signal, onEnd }: Limits = {},
  ): Promise<SmppResult> {
    if (!this.isOpen || signal?.aborted) {
      const unsent: SmppResult = { kind: 'unsent', detail: signal?.aborted ? 'no time left' : this.#reason }
      onEnd?.(unsent)
      return Promise.resolve(unsent)
    }
    return new Promise((resolve) => {
      const sequence = this.#nextSequence()
      const bytes = encodePdu(draft, sequence)
      const giveUp = () => {
        entry.end({ kind: 'unanswered', detail: 'no answer in time' })
        this.#giveUpWaiting(entry)
      }
      const timer = setTimeout(giveUp, this.#parts.responseMilliseconds)
      const abort = () => {
        resolve({ kind: 'unanswered', detail: 'no answer in time' })
        this.#giveUpWaiting(entry)
      }
      const entry: Outstanding = {
        command: draft.command,
        isFlushed: false,
        end: (result) => {
          this.#outstanding.delete(sequence)
          clearTimeout(timer)
          signal?.removeEventListener('abort', abort)
          resolve(result)
          onEnd?.(result)
          if (this.#state === 'leaving' && this.#outstanding.size === 0) this.#part()
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#outstanding.set(sequence, entry)
      this.#write(bytes, () => {
        entry.isFlushed = true
      })
    })
  }

  /** Checks at every interval that the SMSC responds (section 4.11). */
  startEnquiring(intervalMilliseconds: number): void {
    if (this.#state === 'ended') return
    this.#enquiries = setInterval(() => void this.#probe(), intervalMilliseconds).unref()
  }

  /** Unbinds (section 4.2) and closes. Requests that are unanswered by then stay unanswered. */
  async unbind(): Promise<void> {
    if (!this.isOpen) return this.cut('closed')
    this.#reason = 'closed'
    const farewell = this.request({ command: 'unbind' })
    this.#leave()
    await Promise.race([farewell, this.ended])
    this.#part()
    await this.ended
  }

  /** Closes at once. */
  cut(reason: string): void {
    if (this.#socket.destroyed) return
    this.#reason = reason
    this.#socket.destroy()
  }

  #nextSequence(): number {
    do this.#sequence = this.#sequence === sequenceMax ? 1 : this.#sequence + 1
    while (this.#outstanding.has(this.#sequence))
    return this.#sequence
  }

  #write(bytes: Buffer, onFlushed?: () => void): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return
    // Writes of one turn of the event loop share one system call.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#socket.write(bytes, (error) => {
      if (!error) onFlushed?.()
    })
  }

  /** A request that has not left yet could leave after the code has expired (I4). */
  #giveUpWaiting(entry: Outstanding): void {
    void this.#probe()
    if (entry.isFlushed) return
    const cutUnlessFlushed = () => {
      if (!entry.isFlushed) this.cut('the SMSC takes nothing')
    }
    setTimeout(cutUnlessFlushed, flushMilliseconds).unref()
  }

  /** The window bounds requests; only this bounds answers. */
  #answer(bytes: Buffer): void {
    if (this.#socket.writableLength > unreadBytesMax) this.cut('the SMSC reads nothing')
    else this.#write(bytes)
  }

  /** Any answer shows that the SMSC is alive; silence ends the connection. */
  async #probe(): Promise<void> {
    if (this.#isProbing || !this.isOpen || this.#enquiries === undefined) return
    this.#isProbing = true
    this.#hasHeard = false
    const { kind } = await this.request({ command: 'enquire_link' })
    this.#isProbing = false
    if (kind === 'unanswered' && !this.#hasHeard) this.cut('no answer to enquire_link')
  }

  #read(chunk: Buffer): void {
    this.#hasHeard = true
    let sequence = 0
    try {
      for (const bytes of this.#splitter.push(chunk)) {
        sequence = bytes.readUInt32BE(12)
        this.#handle(bytes)
        if (this.#socket.destroyed) return
        sequence = 0
      }
    } catch (error) {
      this.#refuseStream(sequence, error)
    }
  }

  #handle(bytes: Buffer): void {
    const pdu = decodePdu(bytes)
    if (pdu.command === 'foreign') {
      if (!isResponse(pdu.id)) this.#refuse(pdu.sequence, commandStatus.invalidCommand)
    } else if (pdu.command === 'generic_nack' || pdu.command.endsWith('_resp')) this.#settle(pdu)
    else this.#serve(pdu)
  }

  /** An answer without a matching request changes nothing. */
  #settle(response: Pdu): void {
    const entry = this.#outstanding.get(response.sequence)
    if (response.command !== 'generic_nack' && response.command !== `${entry?.command}_resp`) return
    entry?.end({ kind: 'answered', response })
  }

  #serve(request: Pdu): void {
    const { sequence } = request
    switch (request.command) {
      case 'enquire_link':
        this.#answer(encodePdu({ command: 'enquire_link_resp' }, sequence))
        break
      case 'unbind':
        this.#answer(encodePdu({ command: 'unbind_resp' }, sequence))
        this.#reason = 'the SMSC unbound'
        this.#leave()
        break
      case 'deliver_sm':
      case 'data_sm': {
        const command = `${request.command}_resp` as const
        const answer = (status: number) => this.#answer(encodePdu({ command, status }, sequence))
        this.#parts.receive(request).then(answer, () => answer(commandStatus.receiverTemporary))
        break
      }
      default:
        // We send these requests; we do not answer them.
        this.#refuse(sequence, commandStatus.notBound)
    }
  }

  /** Sends a `generic_nack` (section 4.3). */
  #refuse(sequence: number, status: number): void {
    this.#answer(encodePdu({ command: 'generic_nack', status }, sequence))
  }

  /** Reports an unreadable PDU to the SMSC, so that it does not send it again, and ends the connection. */
  #refuseStream(sequence: number, error: unknown): void {
    this.#refuse(sequence, commandStatus.invalidCommandLength)
    this.#reason = `not SMPP: ${error instanceof Error ? error.message : error}`
    this.#socket.pause()
    this.#part()
  }

  /** Accepts nothing new; open requests may still be answered. */
  #leave(): void {
    if (this.#state !== 'open') return
    this.#state = 'leaving'
    if (this.#outstanding.size === 0) this.#part()
    else setTimeout(() => this.#part(), partingMilliseconds).unref()
  }

  /** Flushes what was written, and closes. */
  #part(): void {
    this.#state = 'leaving'
    this.#socket.destroySoon()
    const cut = () => this.#socket.destroy()
    setTimeout(cut, partingMilliseconds).unref()
  }

  #end(): void {
    this.#state = 'ended'
    clearInterval(this.#enquiries)
    for (const { end } of [...this.#outstanding.values()])
      end({ kind: 'unanswered', detail: `the link was lost: ${this.#reason}` })
  }
}
