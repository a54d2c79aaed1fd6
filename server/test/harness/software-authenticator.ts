import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/*
 * A passkey in software (Web Authentication Level 3, ES256, no attestation): what a browser and its authenticator do together.
 */

export type Authenticator = {
  /** Answers `navigator.credentials.create`. */
  create(options: CreationOptions): object
  /** Answers `navigator.credentials.get`. */
  get(options: RequestOptions): object
  /** Signs with this counter from now on; every signature adds one. */
  counter: number
}

export type CreationOptions = { challenge: string; rp: { id: string } }
export type RequestOptions = { challenge: string; rpId: string }

/** Makes an authenticator in a browser that shows a page of `origin`. */
export function createAuthenticator(origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(32)
  const authenticator: Authenticator = {
    counter: 0,
    create({ challenge, rp }) {
      const clientData = renderClientData('webauthn.create', { challenge, origin })
      const credential = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, renderKey(publicKey)])
      const data = Buffer.concat([renderHead(rp.id, 0x41, authenticator.counter), credential])
      return answerOf(id, {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: renderAttestation(data).toString('base64url'),
        transports: ['internal'],
      })
    },
    get({ challenge, rpId }) {
      authenticator.counter += 1
      const clientData = renderClientData('webauthn.get', { challenge, origin })
      const data = renderHead(rpId, 0x01, authenticator.counter)
      const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()])
      return answerOf(id, {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
      })
    },
  }
  return authenticator
}

const answerOf = (id: Buffer, response: object) => ({
  id: id.toString('base64url'),
  rawId: id.toString('base64url'),
  type: 'public-key',
  clientExtensionResults: {},
  response,
})

const renderClientData = (type: string, given: { challenge: string; origin: string }): Buffer =>
  Buffer.from(JSON.stringify({ type, ...given, crossOrigin: false }))

function renderHead(rpId: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count])
}

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])

/** `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` in CBOR (RFC 9052 section 7). */
function renderKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const coordinate = (label: number, text: string) =>
    Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(text, 'base64url')])
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]),
    coordinate(0x21, x),
    coordinate(0x22, y),
  ])
}

/** `{"fmt": "none", "attStmt": {}, "authData": data}` in CBOR. */
const renderAttestation = (data: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0xa3]),
    text('fmt'),
    text('none'),
    text('attStmt'),
    Buffer.from([0xa0]),
    text('authData'),
    Buffer.from([0x59]),
    uint16(data.length),
    data,
  ])

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
