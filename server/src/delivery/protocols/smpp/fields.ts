/*
 * Reads and writes the parameter types of SMPP 3.4 section 3.1. Reading is lenient about lengths, because SMSCs exceed
 * them; writing is not.
 */

/** A PDU that cannot be read. The position in the stream cannot be trusted after it. */
export class PduError extends Error {}

/** One mandatory parameter of a PDU. */
export type Field<Value> = {
  /** The value of an omitted parameter. */
  absent: Value
  read(reader: ByteReader): Value
  write(writer: ByteWriter, value: Value): void
}

/** Reads octets in order, and never past their end. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Buffer {
    if (length > this.left) throw new PduError(`${length} octets announced, ${this.left} left`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  takeUntilNull(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) throw new PduError('text without an end')
    const text = this.take(end - this.#at)
    this.#at += 1
    return text
  }
}

/** Collects octets in order. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(320)
  #end = 0

  /** Makes room for `length` octets, and returns where they begin. */
  #grow(length: number): number {
    const at = this.#end
    this.#end += length
    if (this.#end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#end * 2)
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    return at
  }

  octet(value: number): void {
    const at = this.#grow(1)
    this.#bytes.writeUInt8(value, at)
  }

  uint16(value: number): void {
    const at = this.#grow(2)
    this.#bytes.writeUInt16BE(value, at)
  }

  uint32(value: number): void {
    const at = this.#grow(4)
    this.#bytes.writeUInt32BE(value, at)
  }

  octets(value: Buffer): void {
    const at = this.#grow(value.length)
    value.copy(this.#bytes, at)
  }

  /** Everything written, with its own length in the first four octets. */
  finish(): Buffer {
    this.#bytes.writeUInt32BE(this.#end, 0)
    return this.#bytes.subarray(0, this.#end)
  }
}

/** An integer of one octet. */
export const octet: Field<number> = {
  absent: 0,
  read: (reader) => reader.take(1).readUInt8(),
  write: (writer, value) => writer.octet(value),
}

/** A C-octet string; `lengthMax` counts its closing null, as the specification does. */
export const cOctets = (lengthMax: number): Field<string> => ({
  absent: '',
  read: (reader) => reader.takeUntilNull().toString('latin1'),
  write(writer, value) {
    if (!fitsCOctets(value, lengthMax))
      throw new RangeError(`A text is longer than ${lengthMax - 1} or not Latin-1`)
    writer.octets(Buffer.from(value, 'latin1'))
    writer.octet(0)
  },
})

/** Whether a text can be written as a C-octet string of this length, null included. */
export const fitsCOctets = (text: string, lengthMax: number): boolean =>
  text.length < lengthMax && [...text].every((letter) => letter > '\0' && letter <= '\u00ff')

/** Octets after one octet that counts them: `sm_length` and `short_message`. */
export const countedOctets: Field<Buffer> = {
  absent: Buffer.alloc(0),
  read: (reader) => reader.take(reader.take(1).readUInt8()),
  write(writer, value) {
    writer.octet(value.length)
    writer.octets(value)
  },
}
