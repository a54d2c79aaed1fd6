import { definePurpose } from '../../domain/purpose.ts'

const sixDigits = { digits: 6, lifeSeconds: 600 }

/** The purposes that a user may request a code for. */
export const accountVerification = definePurpose({
  name: 'account-verification',
  use: 'registration',
  ...sixDigits,
})
export const accountLogin = definePurpose({ name: 'account-login', use: 'login', ...sixDigits })
export const accountPasswordReset = definePurpose({
  name: 'account-password-reset',
  use: 'password-reset',
  ...sixDigits,
})
