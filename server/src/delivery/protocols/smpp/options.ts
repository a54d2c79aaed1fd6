import { isIP } from 'node:net'
import type { InboundMessage } from '../../../domain/opt-out.ts'
import type { Secret } from '../../../domain/secret.ts'
import type { DeliveryLog } from '../../../engine/ports/delivery-log.ts'
import type { BindMode, Smsc } from './bind.ts'
import { fitsCOctets } from './fields.ts'
import type { ReceiptIdForm, SmppReceipt } from './receipt.ts'
import type {
  Concatenation,
  RegisteredDelivery,
  SmppAddress,
  SubmitSettings,
  Validity,
} from './submit-requests.ts'
import type { TextCoding } from './submit-text.ts'

/** The options of an SMSC. Omitted options have defaults. */
export type SmppOptions = {
  /** The name in records and logs. */
  name?: string
  log?: Pick<DeliveryLog, 'error'>
  host: string
  port?: number
  /** True by default, except for this machine. The operator may turn it off for a private line. */
  isSecure?: boolean
  /** PEM of the authority that signed the SMSC's certificate, if it is not a public one. */
  certificateAuthority?: string | null
  systemId: string
  password: Secret
  systemType?: string
  bindMode?: BindMode
  serviceType?: string
  /** `+` and digits, a short code, or a name of at most eleven letters. */
  source: string
  /** Derived from the form of the source by default. */
  sourceTon?: number | null
  sourceNpi?: number | null
  /** By default an international number of the telephone plan, as E.164 is. */
  destinationTon?: number
  destinationNpi?: number
  /** The maximum number of messages that the SMSC has not answered yet. */
  windowSize?: number
  /** Null: limited only by the window. */
  perSecondMax?: number | null
  enquireLinkSeconds?: number
  textCoding?: TextCoding
  concatenation?: Concatenation
  validity?: Validity
  /** By default all, if they can arrive. */
  receipts?: RegisteredDelivery
  receiptIds?: ReceiptIdForm
  /** Called with every receipt. If it rejects, the receipt is refused for now, and the SMSC sends it again. */
  onReceipt?: (receipt: SmppReceipt) => void | Promise<void>
  /** Called with what people write to the source. If it rejects, the SMSC sends it again. */
  onInbound?: (message: InboundMessage) => void | Promise<void>
  connectMilliseconds?: number
  responseMilliseconds?: number
  reconnectMilliseconds?: { first: number; longest: number }
}

/** The address and login of the SMSC. Throws for values that SMPP cannot represent, without repeating the password. */
export function smscOf(options: SmppOptions): Smsc {
  const { host, port = 2775, certificateAuthority = null, connectMilliseconds = 5_000 } = options
  const { systemId, password, systemType = '', bindMode = 'transceiver', enquireLinkSeconds = 30 } = options
  demand(host !== '' && port > 0 && port < 65_536, 'The SMSC needs a host and a port.')
  demand(fitsCOctets(systemId, 16), 'The system id of SMPP has at most 15 letters.')
  demand(fitsCOctets(password.reveal(), 65), 'The password of SMPP has at most 64 letters.')
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

/** What every message of this carrier has in common. Throws for values that SMPP cannot represent. */
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

/** Types and plans (sections 5.2.5 and 5.2.6). */
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
  const derived = isNumber ? (isShort ? shortCode : international) : alphanumeric
  return {
    address: isNumber ? source.replace('+', '') : source,
    ton: sourceTon ?? derived.ton,
    npi: sourceNpi ?? derived.npi,
  }
}

function demand(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new Error(message)
}
