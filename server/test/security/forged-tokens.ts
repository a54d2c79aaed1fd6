import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { CompactSign } from 'jose'
import type { SigningKey } from '../../src/tokens/access-tokens.ts'

type Payload = { iss: string; aud: string; sub: string; sid: string; jti: string; iat: number; exp: number }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Tokens that look like a real one, by what is wrong with them (T2): other algorithms, other keys, other parameters, and
 * tokens that faulty code of ours might have signed with the right key.
 */
export async function forgeTokens(real: string, key: SigningKey): Promise<Map<string, string>> {
  const [head = '', body = '', signature = ''] = real.split('.')
  const payload: Payload = JSON.parse(Buffer.from(body, 'base64url').toString())
  const header = () => ({ alg: 'EdDSA', typ: 'at+jwt', kid: key.id })
  const mine = generateKeyPairSync('ed25519')
  const myJwk = mine.publicKey.export({ format: 'jwk' })
  /** A token of our own key with other contents, as faulty code of ours might have signed it. */
  const ours = (changedHeader: object, changedPayload: object) =>
    sign(JSON.stringify({ ...payload, ...changedPayload }), changedHeader)
  const sign = (text: string, changedHeader: object = {}) =>
    new CompactSign(Buffer.from(text))
      .setProtectedHeader({ ...header(), ...changedHeader } as never)
      .sign(key.private)
  const theirs = (changedHeader: object) =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ ...header(), ...changedHeader } as never)
      .sign(mine.privateKey)
  const hmac = (changedHeader: object, secretKey: string | Buffer) => {
    const input = `${encode({ ...header(), alg: 'HS256', ...changedHeader })}.${encode(payload)}`
    return `${input}.${createHmac('sha256', createSecretKey(Buffer.from(secretKey)))
      .update(input)
      .digest('base64url')}`
  }
  const without = (name: keyof typeof payload) => ({ [name]: undefined })

  const corpus = new Map<string, string>()
  const add = (name: string, token: string) => corpus.set(name, token)

  const publicKeyBytes = [
    key.public.export({ format: 'pem', type: 'spki' }),
    key.public.export({ format: 'der', type: 'spki' }),
    Buffer.from(key.public.export({ format: 'jwk' }).x ?? '', 'base64url'),
  ]
  const flip = (text: string, at: number) =>
    `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`

  for (const alg of ['none', 'None', 'NONE', 'nOnE', ''])
    add(`alg ${alg}`, `${encode({ ...header(), alg })}.${body}.`)
  add('alg none with the signature', `${encode({ ...header(), alg: 'none' })}.${body}.${signature}`)
  add('no alg', `${encode({ typ: 'at+jwt', kid: key.id })}.${body}.${signature}`)
  for (const [index, bytes] of publicKeyBytes.entries())
    add(`HS256 with the public key ${index}`, hmac({}, bytes))
  add('HS256 with the key id', hmac({}, key.id))
  add('HS256 with an empty key id', hmac({ kid: '' }, '\0'.repeat(32)))
  add('EdDSA in name, HMAC in fact', hmac({ alg: 'EdDSA' }, publicKeyBytes[1] ?? ''))
  add('a stranger’s key under our id', await theirs({}))
  add('a stranger’s key under another id', await theirs({ kid: 'another' }))
  add('a stranger’s key in the header', await theirs({ jwk: myJwk }))
  add('a stranger’s key behind jku', await theirs({ jku: 'https://evil.example.test/jwks.json' }))
  add('a stranger’s key behind x5u', await theirs({ x5u: 'https://evil.example.test/cert.pem' }))
  add('a stranger’s certificate', await theirs({ x5c: ['MIIB'] }))
  add('a path as key id', await theirs({ kid: '../../../../dev/null' }))
  add('SQL as key id', await theirs({ kid: "' or '1'='1" }))
  add('no key id', await ours({ kid: undefined }, {}))
  add('a further header parameter', await ours({ cty: 'JWT' }, {}))
  add('our key, with jku', await ours({ jku: 'https://evil.example.test/jwks.json' }, {}))
  add('typ JWT', await ours({ typ: 'JWT' }, {}))
  add('no typ', await ours({ typ: undefined }, {}))
  add('typ of a refresh token', await ours({ typ: 'rt+jwt' }, {}))
  add('another issuer', await ours({}, { iss: 'https://evil.example.test' }))
  add('no issuer', await ours({}, without('iss')))
  add('another project', await ours({}, { aud: 'PRJ_two' }))
  add('several projects', await ours({}, { aud: [payload.aud, 'PRJ_two'] }))
  add('no project', await ours({}, without('aud')))
  add('a number as subject', await ours({}, { sub: 123 }))
  add('SQL as subject', await ours({}, { sub: '1 or 1=1' }))
  add('no session', await ours({}, without('sid')))
  add('a session that is no text', await ours({}, { sid: [payload.sid] }))
  add('a session with something before it', await ours({}, { sid: `x${payload.sid}` }))
  add('a session with something after it', await ours({}, { sid: `${payload.sid}x` }))
  add('nothing under our key', await sign('null'))
  add('a text under our key', await sign('"claims"'))
  add('a token that is too long', await ours({}, { jti: 'x'.repeat(2_000) }))
  add('no id', await ours({}, without('jti')))
  add('no end', await ours({}, without('exp')))
  add('an endless end', await ours({}, { exp: Number.MAX_VALUE }))
  add('a text as end', await ours({}, { exp: '9999999999' }))
  add('not before a later time', await ours({}, { nbf: payload.iat + 300 }))
  add('a further claim', await ours({}, { role: 'admin' }))
  add('cut after the payload', `${head}.${body}`)
  add('an empty signature', `${head}.${body}.`)
  add('cut in the signature', real.slice(0, -4))
  add('doubled', `${real}${real}`)
  add('doubled with a dot', `${real}.${real}`)
  add('a flipped bit in the header', `${flip(head, 8)}.${body}.${signature}`)
  add('a flipped bit in the payload', `${head}.${flip(body, 20)}.${signature}`)
  add('a flipped bit in the signature', `${head}.${body}.${flip(signature, 20)}`)
  add(
    'another payload under the signature',
    `${head}.${encode({ ...payload, sub: `${payload.sub}4` })}.${signature}`,
  )
  add('a signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`)
  add('space around', ` ${real} `)
  add('a refresh token', `wwr_${'A'.repeat(43)}`)
  add('a verification token', `wwv_${'A'.repeat(43)}`)
  add('an API key', `wwk_${'A'.repeat(43)}`)
  add('a code', '123456')
  add('nothing', '')
  add('far too long', `${head}.${body}.${'A'.repeat(100_000)}`)
  return corpus
}
