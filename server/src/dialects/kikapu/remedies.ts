import type { Messages } from './messages.ts'

/** What callers can do about each error that only this API answers, for the documentation. */
export const remedies: Readonly<Partial<Record<keyof Messages, string>>> = {
  invalidData: 'Send every field that the table above marks as required.',
  invalidInput:
    'Send the phone number as a text, in international form or as people write it in the project’s region.',
  credentialsRequired: 'Send both the phone number and the password.',
  codeRefused:
    'Have the person compare the digits with the newest SMS, or ask for a new one: a wrong, used, expired and locked one look alike.',
  unknownUser: 'Check the number: it belongs to no user of this project.',
  unknownBusiness: 'Check the id of the business: it does not exist, or the user is not one of its members.',
  resentTooSoon: 'Wait until 60 seconds have passed since the last message.',
  tooManySends: 'Wait for the seconds of `Retry-After`, and let the person use the newest code that arrived.',
  smsFailed: 'Repeat later; the log has the reason why no carrier took the message.',
  inactiveAgent: 'Nothing by this API: an operator has disabled the agent and can enable it.',
  unknownAgent: 'Ask for number and password again; an unknown number and a wrong password look alike.',
}
