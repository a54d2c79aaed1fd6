import type { Messages } from './messages.ts'

/** What callers can do about each error that only this API answers, for the documentation. */
export const remedies: Readonly<Partial<Record<keyof Messages, string>>> = {
  missingFields: 'Send every field that the table above marks as required.',
  invalidType: 'Set the type to `create` for a first code and to `resend` for a later one.',
  unknownCitizen: 'Check the number: no citizen of this project has it.',
  codeExists: 'Repeat the request with the type `resend`.',
  noCode: 'Repeat the request with the type `create`.',
  invalidCode:
    'Have the person compare the digits with the newest SMS, or ask for a new one: a wrong, used and expired one look alike.',
  tooManySends: 'Wait for the seconds of `Retry-After`, and let the person use the newest code that arrived.',
  numberLocked:
    'No new code helps. Wait for the end of the lock, or have an operator lift it: `watchword users unlock NUMBER`.',
}
