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
 * One connection to an SMSC (SMPP 3.4 section 2.2): what was asked and not yet answered, what the SMSC asks of us, and
 * whether it is still there. It never comes back; `keepLink` opens another.
 */

/** `unsent`: nothing of the request left. `unanswered`: some or all of it did, and nobody knows. */
export type SmppResult =
  | { kind: 'answered'; response: Pdu }
  | { kind: 'unsent'; detail: string }
  | { kind: 'unanswered'; detail: string }

export type SessionParts = {
  /** How long the SMSC may take for an answer (section 7.2, response timer). */
  responseMilliseconds: number
  /** Takes a `deliver_sm` or `data_sm`; what it resolves to is the `command_status` of the answer. */
  receive(message: IncomingMessage): Promise<number>
}

type Outstanding = {
  command: CommandName
  /** The request has left this process. */
  isFlushed: boolean
  end(result: SmppResult): void
}

type Limits = {
  /** Aborting gives up the waiting, not the request: it was sent. */
  signal?: AbortSignal
  /** Called once, when the SMSC owes no answer any more: with the answer, or with why none will come. */
  onEnd?: (result: SmppResult) => void
}

/** What a peer that does not read may make us keep. */
const unreadBytesMax = 1_048_576
const partingMilliseconds = 1_000
/** How long a given-up request may still be on its way out of this process. */
const flushMilliseconds = 100
const sequenceMax = 0x7fffffff

/** Talks over a socket that is connected, and owns it from then on. */
export class SmppSession {
  /** Resolves to the reason once the connection is gone and every request has been told so. */
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

  /** New requests are welcome. */
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

  /** Asks at every interval whether the SMSC is there (section 4.11). */
  startEnquiring(intervalMilliseconds: number): void {
    if (this.#state === 'ended') return
    this.#enquiries = setInterval(() => void this.#probe(), intervalMilliseconds).unref()
  }

  /** Says good-bye (section 4.2) and closes; whatever is unanswered by then stays so. */
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
    // What is written in one turn of the event loop leaves in one call to the system.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#socket.write(bytes, (error) => {
      if (!error) onFlushed?.()
    })
  }

  /** What has not left by now would leave late, perhaps after the code has expired (I4). */
  #giveUpWaiting(entry: Outstanding): void {
    void this.#probe()
    if (entry.isFlushed) return
    const cutUnlessFlushed = () => {
      if (!entry.isFlushed) this.cut('the SMSC takes nothing')
    }
    setTimeout(cutUnlessFlushed, flushMilliseconds).unref()
  }

  /** Requests are bounded by the window; answers only by this. */
  #answer(bytes: Buffer): void {
    if (this.#socket.writableLength > unreadBytesMax) this.cut('the SMSC reads nothing')
    else this.#write(bytes)
  }

  /** A sign of life of any kind is one; silence ends the connection. */
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

  /** An answer that nobody waits for, or that answers something else, changes nothing. */
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
        // Ours to ask, not to answer.
        this.#refuse(sequence, commandStatus.notBound)
    }
  }

  /** Section 4.3. */
  #refuse(sequence: number, status: number): void {
    this.#answer(encodePdu({ command: 'generic_nack', status }, sequence))
  }

  /** What cannot be read is named to the SMSC, so that it need not send it again, and ends the connection. */
  #refuseStream(sequence: number, error: unknown): void {
    this.#refuse(sequence, commandStatus.invalidCommandLength)
    this.#reason = `not SMPP: ${error instanceof Error ? error.message : error}`
    this.#socket.pause()
    this.#part()
  }

  /** Nothing new from here on; what is under way may still be answered. */
  #leave(): void {
    if (this.#state !== 'open') return
    this.#state = 'leaving'
    if (this.#outstanding.size === 0) this.#part()
    else setTimeout(() => this.#part(), partingMilliseconds).unref()
  }

  /** Lets out what was written, and closes. */
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
