import type { Messages } from './messages.ts'

/** What callers can do about each error that only this API answers, for the documentation. */
export const remedies: Readonly<Partial<Record<keyof Messages, string>>> = {
  codeRefused:
    'Have the person compare the digits with the newest message, or ask for a new code: a wrong, used, expired and locked one look alike.',
  credentialsWrong:
    'Ask for address and password again. After ten wrong ones the passwords rest for 15 minutes; a code still logs in.',
  accountUnverified: 'Have the address verified with the code of `/auth/register`, or log in by a code.',
  accountInactive: 'Nothing by this API: an operator has disabled the account and can enable it.',
  refreshTokenRefused: 'Have the person log in again, and store the new pair: a refresh token works once.',
  accessTokenRefused: 'Get a new pair from `/auth/refresh`; access tokens live ten minutes.',
  tooMany: 'Repeat after the seconds of `Retry-After`. A code that has arrived is still good.',
}
