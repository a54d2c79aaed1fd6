import { isIP } from 'node:net'
import type { Secret } from '../../../domain/secret.ts'
import type { DeliveryLog } from '../../../engine/ports/delivery-log.ts'
import type { BindMode, Smsc } from './bind.ts'
import { fitsCOctets } from './fields.ts'
import type { ReceiptIdForm, SmppReceipt } from './receipt.ts'
import type { Concatenation, ReceiptWish, SmppAddress, SubmitSettings, Validity } from './submit-requests.ts'
import type { TextCoding } from './submit-text.ts'

/** What an operator may say of an SMSC; what is left out is usual. */
export type SmppOptions = {
  /** Stands in records and logs. */
  name?: string
  log?: Pick<DeliveryLog, 'error'>
  host: string
  port?: number
  /** By default everywhere but on this very machine; the operator may know of a private line. */
  isSecure?: boolean
  /** PEM of the authority that signed the SMSC's certificate, when no public one did. */
  certificateAuthority?: string | null
  systemId: string
  password: Secret
  systemType?: string
  bindMode?: BindMode
  serviceType?: string
  /** `+` and digits, a short code, or a name of at most eleven letters. */
  source: string
  /** By default what the spelling of the source says. */
  sourceTon?: number | null
  sourceNpi?: number | null
  /** By default an international number of the telephone plan, as E.164 is. */
  destinationTon?: number
  destinationNpi?: number
  /** Messages that the SMSC has not answered yet, at most. */
  windowSize?: number
  /** Null: as many as the window lets through. */
  perSecondMax?: number | null
  enquireLinkSeconds?: number
  textCoding?: TextCoding
  concatenation?: Concatenation
  validity?: Validity
  /** By default all, where they can arrive. */
  receipts?: ReceiptWish
  receiptIds?: ReceiptIdForm
  /** Given every receipt. One that it rejects is refused for now, and the SMSC presents it again. */
  onReceipt?: (receipt: SmppReceipt) => void | Promise<void>
  connectMilliseconds?: number
  responseMilliseconds?: number
  reconnectMilliseconds?: { first: number; longest: number }
}

/** Where the SMSC is and how we log in there. Throws when SMPP could not say it; the password is not repeated. */
export function smscOf(options: SmppOptions): Smsc {
  const { host, port = 2775, certificateAuthority = null, connectMilliseconds = 5_000 } = options
  const { systemId, password, systemType = '', bindMode = 'transceiver', enquireLinkSeconds = 30 } = options
  demand(host !== '' && port > 0 && port < 65_536, 'The SMSC needs a host and a port.')
  demand(fitsCOctets(systemId, 16), 'The system id of SMPP has at most 15 letters.')
  demand(fitsCOctets(password.reveal(), 9), 'The password of SMPP has at most 8 letters.')
  demand(fitsCOctets(systemType, 13), 'The system type of SMPP has at most 12 letters.')

  return {
    host,
    port,
    isSecure: options.isSecure ?? !isLoopback(host),
    certificateAuthority,
    systemId,
    password,
    systemType,
    bindMode,
    connectMilliseconds,
    enquireLinkMilliseconds: enquireLinkSeconds * 1000,
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** What every message of this carrier has in common. Throws when SMPP could not say it. */
export function submitSettings(options: SmppOptions): SubmitSettings {
  const { serviceType = '', destinationTon = 1, destinationNpi = 1, bindMode = 'transceiver' } = options
  const { windowSize = 10, perSecondMax = null, textCoding = 'gsm-7', concatenation = 'udh' } = options
  demand(fitsCOctets(serviceType, 6), 'The service type of SMPP has at most 5 letters.')
  demand(Number.isInteger(windowSize) && windowSize > 0, 'The window holds at least one message.')
  demand(
    perSecondMax === null || (Number.isInteger(perSecondMax) && perSecondMax > 0),
    'At least one a second.',
  )

  return {
    serviceType,
    source: parseSource(options),
    destinationTon,
    destinationNpi,
    textCoding,
    concatenation,
    validity: options.validity ?? 'absolute',
    receipts: options.receipts ?? (bindMode === 'transceiver' ? 'all' : 'none'),
  }
}

/** Types and plans of sections 5.2.5 and 5.2.6. */
const international = { ton: 1, npi: 1 }
const shortCode = { ton: 3, npi: 0 }
const alphanumeric = { ton: 5, npi: 0 }
const longestShortCode = 8

function parseSource({ source, sourceTon, sourceNpi }: SmppOptions): SmppAddress {
  const isNumber = /^\+?[0-9]{1,20}$/.test(source)
  demand(
    isNumber || /^[\x20-\x7e]{1,11}$/.test(source),
    'The source of SMPP is a number, or a name of at most 11 letters.',
  )
  const isShort = !source.startsWith('+') && source.length <= longestShortCode
  const usual = isNumber ? (isShort ? shortCode : international) : alphanumeric
  return {
    address: isNumber ? source.replace('+', '') : source,
    ton: sourceTon ?? usual.ton,
    npi: sourceNpi ?? usual.npi,
  }
}

function demand(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new Error(message)
}
