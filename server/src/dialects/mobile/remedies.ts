import type { Messages } from './messages.ts'

/** What callers can do about each error that only this API answers, for the documentation. */
export const remedies: Readonly<Partial<Record<keyof Messages, string>>> = {
  invalidOtp:
    'Have the person compare the digits with the newest message, or send a new one: a wrong, used, expired and locked one look alike.',
  notVerified:
    'Send a code and verify it first, with the type of this step, and pass on the verification token.',
  accountExists: 'Go on with the login: the number or address has an account.',
  invalidType: 'Set the type to `signup`, `login` or `verification`.',
  invalidMobile: 'Send the number in international form, or add its country code.',
  invalidCountryCode: 'Send a calling code such as `+91`.',
  countryCodeRequired: 'Add the country code, or send the number in international form.',
  invalidEmail: 'Correct the address: one address, no display name.',
  invalidFullName: 'Send a name of 1 to 100 characters.',
  invalidDeviceName: 'Send a text, or leave it out.',
  invalidVerificationToken: 'Send the token as the verification returned it.',
}
