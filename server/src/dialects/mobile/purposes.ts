import { definePurpose } from '../../domain/purpose.ts'

const sixDigits = { digits: 6, lifeSeconds: 600 }

/** A proof lasts for the next request: ten minutes for a sign-up, two for a login. */
export const mobileSignup = definePurpose({
  name: 'mobile-signup',
  use: 'sign-up',
  ...sixDigits,
  proofSeconds: 600,
})
export const mobileLogin = definePurpose({
  name: 'mobile-login',
  use: 'login',
  ...sixDigits,
  proofSeconds: 120,
})
/** Opens nothing, so its proof is not kept. */
export const mobileVerification = definePurpose({
  name: 'mobile-verification',
  use: 'possession',
  ...sixDigits,
})
