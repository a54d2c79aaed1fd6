/*
 * Between the JSON of WebAuthn (Level 3) and what browsers take. The newest have functions for it; the others that this
 * console supports do not.
 */

/** Asks the browser for the answer of a passkey; rejects when the reader declines. */
export async function askForPasskey({
  challenge,
  allowCredentials = [],
  rpId,
  timeout,
  userVerification,
}: PublicKeyCredentialRequestOptionsJSON): Promise<AuthenticationResponseJSON> {
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytesOf(challenge),
      allowCredentials: allowCredentials.map(({ id }) => ({ id: bytesOf(id), type: 'public-key' })),
      ...(rpId === undefined ? {} : { rpId }),
      ...(timeout === undefined ? {} : { timeout }),
      userVerification: (userVerification ?? 'preferred') as UserVerificationRequirement,
    },
  })
  if (!(credential instanceof PublicKeyCredential)) throw new Error('the browser has no passkey')
  const response = credential.response as AuthenticatorAssertionResponse
  return {
    id: credential.id,
    rawId: credential.id,
    type: credential.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      ...(response.userHandle === null ? {} : { userHandle: textOf(response.userHandle) }),
    },
  }
}

/** The bytes of a text in base64url. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

function textOf(bytes: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Has the browser make a passkey; rejects when the reader declines. */
export async function makePasskey({
  challenge,
  user,
  excludeCredentials = [],
  rp,
  pubKeyCredParams,
  timeout,
  authenticatorSelection,
}: PublicKeyCredentialCreationOptionsJSON): Promise<RegistrationResponseJSON> {
  const credential = await navigator.credentials.create({
    publicKey: {
      challenge: bytesOf(challenge),
      rp,
      user: { ...user, id: bytesOf(user.id) },
      pubKeyCredParams: pubKeyCredParams as PublicKeyCredentialParameters[],
      excludeCredentials: excludeCredentials.map(({ id }) => ({ id: bytesOf(id), type: 'public-key' })),
      ...(timeout === undefined ? {} : { timeout }),
      ...(authenticatorSelection === undefined ? {} : { authenticatorSelection }),
      attestation: 'none',
    },
  })
  if (!(credential instanceof PublicKeyCredential)) throw new Error('the browser made no passkey')
  const response = credential.response as AuthenticatorAttestationResponse
  return {
    id: credential.id,
    rawId: credential.id,
    type: credential.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      authenticatorData: textOf(response.getAuthenticatorData()),
      transports: response.getTransports(),
      publicKeyAlgorithm: response.getPublicKeyAlgorithm(),
    },
  }
}
