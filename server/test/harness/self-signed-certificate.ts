import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** Makes a key and a self-signed certificate for `localhost` and 127.0.0.1, valid for a day or until `validTo`. PEM. */
export function createSelfSignedCertificate({
  keys = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  validTo = new Date(Date.now() + 86_400_000),
} = {}): { key: string; cert: string } {
  const { publicKey, privateKey } = keys
  const algorithm = sequence(
    objectId(privateKey.asymmetricKeyType === 'rsa' ? sha256WithRsa : ecdsaWithSha256),
  )
  const name = sequence(set(sequence(objectId([0x55, 0x04, 0x03]), tagged(0x0c, Buffer.from('localhost')))))
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(new Date(validTo.getTime() - 2 * 86_400_000)), time(validTo)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(alternativeNames())),
  )
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)]))
  const der = sequence(content, algorithm, signature).toString('base64')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
  }
}

const ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]
const sha256WithRsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]

/** RFC 5280 section 4.2.1.6. */
function alternativeNames(): Buffer {
  const names = sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])))
  return sequence(objectId([0x55, 0x1d, 0x11]), tagged(0x04, names))
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts))
const set = (...parts: Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts))
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes)
const objectId = (bytes: number[]): Buffer => tagged(0x06, Buffer.from(bytes))
const time = (moment: Date): Buffer =>
  tagged(0x17, Buffer.from(`${moment.toISOString().replace(/\D/g, '').slice(2, 14)}Z`))
