import type { Passkey, PasskeyCeremonies } from '../engine/ports/second-factors.ts'

/*
 * What browsers and passkeys are asked, and the verification of their answers (Web Authentication Level 3), by
 * `@simplewebauthn/server`. It is loaded when somebody first has to do with a passkey.
 */

const load = () => import('@simplewebauthn/server')

type Library = Awaited<ReturnType<typeof load>>
type RegistrationResponse = Parameters<Library['verifyRegistrationResponse']>[0]['response']
type AuthenticationResponse = Parameters<Library['verifyAuthenticationResponse']>[0]['response']

/** Makes the ceremonies for the origin at which browsers find the console. */
export function createPasskeyCeremonies({
  name,
  readOrigin,
}: {
  /** What the browser calls the server. */
  name: string
  readOrigin: () => string
}): PasskeyCeremonies {
  const place = () => {
    const origin = readOrigin()
    return { expectedOrigin: origin, expectedRPID: new URL(origin).hostname }
  }

  return {
    async askForNew(operator, known) {
      const { generateRegistrationOptions } = await load()
      const options = await generateRegistrationOptions({
        rpName: name,
        rpID: place().expectedRPID,
        userID: new TextEncoder().encode(operator.id),
        userName: operator.email,
        userDisplayName: operator.name,
        attestationType: 'none',
        excludeCredentials: known.map(credentialOf),
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
      })
      return { options, challenge: options.challenge }
    },

    async verifyNew(response, expectedChallenge) {
      const { verifyRegistrationResponse } = await load()
      const verified = await nullIfWrong(() =>
        verifyRegistrationResponse({
          response: response as RegistrationResponse,
          expectedChallenge,
          ...place(),
          requireUserVerification: false,
        }),
      )
      if (verified === null || !verified.verified) return null
      const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential
      return {
        credentialId: id,
        publicKey: Buffer.from(publicKey),
        counter,
        transports: transports.map(String).filter(isTransport),
      }
    },

    async ask(known) {
      const { generateAuthenticationOptions } = await load()
      const options = await generateAuthenticationOptions({
        rpID: place().expectedRPID,
        allowCredentials: known.map(credentialOf),
        userVerification: 'preferred',
      })
      return { options, challenge: options.challenge }
    },

    async verify(response, { challenge, passkey }) {
      const { verifyAuthenticationResponse } = await load()
      const { credentialId: id, publicKey, counter } = passkey
      const verified = await nullIfWrong(() =>
        verifyAuthenticationResponse({
          response: response as AuthenticationResponse,
          expectedChallenge: challenge,
          ...place(),
          credential: { id, publicKey: new Uint8Array(publicKey), counter },
          // It is the second of two factors: that somebody is there is enough.
          requireUserVerification: false,
        }),
      )
      return verified?.verified === true ? { counter: verified.authenticationInfo.newCounter } : null
    },
  }
}

/** Browsers name a few; anything else would be a text of a stranger that is kept and sent back. */
const isTransport = (text: string): boolean => /^[a-z-]{1,20}$/.test(text)

const credentialOf = ({ credentialId: id, transports }: Passkey) => ({ id, transports: [...transports] })

/** The library throws whatever is wrong with an answer, which anybody can send. */
const nullIfWrong = <Result>(verify: () => Promise<Result>): Promise<Result | null> =>
  verify().catch(() => null)
