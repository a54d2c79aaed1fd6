import { ByteReader, ByteWriter, cOctets, countedOctets, type Field, octet, PduError } from './fields.ts'

/*
 * Encodes and decodes the PDUs of SMPP 3.4 that a sender of messages needs. Names are those of the specification, so
 * that a trace can be compared with it.
 */

const bind = {
  system_id: cOctets(16),
  // The specification has nine; operators give longer ones all the same, and take them.
  password: cOctets(65),
  system_type: cOctets(13),
  interface_version: octet,
  addr_ton: octet,
  addr_npi: octet,
  address_range: cOctets(41),
}

const addresses = (lengthMax: number) => ({
  service_type: cOctets(6),
  source_addr_ton: octet,
  source_addr_npi: octet,
  source_addr: cOctets(lengthMax),
  dest_addr_ton: octet,
  dest_addr_npi: octet,
  destination_addr: cOctets(lengthMax),
  esm_class: octet,
})

const message = {
  ...addresses(21),
  protocol_id: octet,
  priority_flag: octet,
  schedule_delivery_time: cOctets(17),
  validity_period: cOctets(17),
  registered_delivery: octet,
  replace_if_present_flag: octet,
  data_coding: octet,
  sm_default_msg_id: octet,
  short_message: countedOctets,
}

const bound = { system_id: cOctets(16) }
const taken = { message_id: cOctets(65) }
const nothing = {}

/** Section 5.1.2.1, each with its mandatory parameters in their order (section 4). */
const commands = {
  bind_receiver: { id: 0x00000001, layout: bind },
  bind_transmitter: { id: 0x00000002, layout: bind },
  submit_sm: { id: 0x00000004, layout: message },
  deliver_sm: { id: 0x00000005, layout: message },
  unbind: { id: 0x00000006, layout: nothing },
  bind_transceiver: { id: 0x00000009, layout: bind },
  enquire_link: { id: 0x00000015, layout: nothing },
  data_sm: {
    id: 0x00000103,
    layout: { ...addresses(65), registered_delivery: octet, data_coding: octet },
  },
  generic_nack: { id: 0x80000000, layout: nothing },
  bind_receiver_resp: { id: 0x80000001, layout: bound },
  bind_transmitter_resp: { id: 0x80000002, layout: bound },
  submit_sm_resp: { id: 0x80000004, layout: taken },
  deliver_sm_resp: { id: 0x80000005, layout: taken },
  unbind_resp: { id: 0x80000006, layout: nothing },
  bind_transceiver_resp: { id: 0x80000009, layout: bound },
  enquire_link_resp: { id: 0x80000015, layout: nothing },
  data_sm_resp: { id: 0x80000103, layout: taken },
} as const

export type CommandName = keyof typeof commands
type Values<Layout> = {
  -readonly [Key in keyof Layout]: Layout[Key] extends Field<infer Value> ? Value : never
}
type FieldsOf<Name extends CommandName> = Values<(typeof commands)[Name]['layout']>

/** Optional parameters by tag (section 5.3.2). */
export type Tlvs = ReadonlyMap<number, Buffer>

export type PduOf<Name extends CommandName> = {
  command: Name
  status: number
  sequence: number
  fields: FieldsOf<Name>
  tlvs: Tlvs
}

export type Pdu = { [Name in CommandName]: PduOf<Name> }[CommandName]

/** A command of another version or vendor. It is refused, and is not an error of the stream. */
export type ForeignPdu = { command: 'foreign'; id: number; status: number; sequence: number }

/** A PDU to be written. Omitted parameters are empty or 0. */
export type PduDraft<Name extends CommandName> = {
  command: Name
  status?: number
  fields?: Partial<FieldsOf<Name>>
  tlvs?: Tlvs
}

const headerLength = 16
/** A `message_payload` of 65,535 octets, and room for everything else. */
const pduLengthMax = 70_000

/** Whether a command is a response, which is never answered (section 5.1.2.1). */
export const isResponse = (id: number): boolean => id >= 0x80000000

const layoutOf = (name: CommandName): [key: string, field: Field<unknown>][] =>
  Object.entries<Field<unknown>>(commands[name].layout)
const layouts = new Map((Object.keys(commands) as CommandName[]).map((name) => [name, layoutOf(name)]))

const namesById = new Map<number, CommandName>(
  (Object.keys(commands) as CommandName[]).map((name) => [commands[name].id, name]),
)

/** The octets of a PDU. Throws a `RangeError` for a value that does not fit its parameter. */
export function encodePdu<Name extends CommandName>(
  { command, status = 0, fields = {}, tlvs }: PduDraft<Name>,
  sequence: number,
): Buffer {
  const { id } = commands[command]
  const values: Record<string, unknown> = fields
  const writer = new ByteWriter()
  for (const value of [0, id, status, sequence]) writer.uint32(value)
  for (const [key, field] of layouts.get(command) ?? []) field.write(writer, values[key] ?? field.absent)
  for (const [tag, value] of tlvs ?? []) {
    writer.uint16(tag)
    writer.uint16(value.length)
    writer.octets(value)
  }
  return writer.finish()
}

/** Reads one whole PDU, as `createPduSplitter` cuts them. Throws a `PduError` when it is malformed. */
export function decodePdu(bytes: Buffer): Pdu | ForeignPdu {
  const reader = new ByteReader(bytes)
  const header = reader.take(headerLength)
  const id = header.readUInt32BE(4)
  const status = header.readUInt32BE(8)
  const sequence = header.readUInt32BE(12)
  const command = namesById.get(id)
  if (command === undefined) return { command: 'foreign', id, status, sequence }

  // A refusal has no body (section 4.4.2), and some SMSCs omit the body of other responses too.
  const isBodyless = isResponse(id) && reader.left === 0
  const fields: Record<string, unknown> = {}
  for (const [key, field] of layouts.get(command) ?? [])
    fields[key] = isBodyless ? field.absent : field.read(reader)
  return { command, status, sequence, fields, tlvs: readTlvs(reader) } as Pdu
}

function readTlvs(reader: ByteReader): Tlvs {
  const tlvs = new Map<number, Buffer>()
  while (reader.left > 0) {
    const head = reader.take(4)
    tlvs.set(head.readUInt16BE(0), reader.take(head.readUInt16BE(2)))
  }
  return tlvs
}

/** Splits a stream into PDUs, independent of its chunks (section 3.2). Throws a `PduError` at an invalid length. */
export function createPduSplitter() {
  let chunks: Buffer[] = []
  let buffered = 0
  let needed = 4

  return {
    /** The PDUs that this chunk completes. */
    *push(chunk: Buffer): Generator<Buffer> {
      chunks.push(chunk)
      buffered += chunk.length
      // Joined only when a PDU is complete, so that one that arrives octet by octet is not copied each time.
      while (buffered >= needed) {
        const bytes = chunks.length === 1 ? (chunks[0] ?? chunk) : Buffer.concat(chunks)
        chunks = [bytes]
        const length = lengthOf(bytes)
        if (buffered < length) {
          needed = length
          return
        }
        chunks = [bytes.subarray(length)]
        buffered -= length
        needed = 4
        yield bytes.subarray(0, length)
      }
    },
  }
}

function lengthOf(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0)
  if (length < headerLength || length > pduLengthMax) throw new PduError(`a PDU of ${length} octets`)
  return length
}
