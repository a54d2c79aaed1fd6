import type { Messages } from './messages.ts'

/** What callers can do about each error that only this API answers, for the documentation. */
export const remedies: Readonly<Partial<Record<keyof Messages, string>>> = {
  invalidKey:
    'Send a key of the workspace with the scope `otp` in `x-api-key`; `watchword keys create PROJECT` makes one.',
  foreignProject: 'Send the id of a project of the same workspace as the key in `x-project-id`.',
  insufficientTokens:
    'Have the operator grant more: `watchword projects update PROJECT --tokens N`, spent ones included.',
  rateLimited: 'Repeat after the seconds of `Retry-After`; `RateLimit` says in every answer what is left.',
  tooManySends:
    'Wait for the seconds of `Retry-After`, and let the recipient use the newest code that arrived.',
  tooSoon: 'Wait for the seconds of `Retry-After`; the code that was just sent is still good.',
  targetLocked:
    'No new code helps. Wait for the end of the lock, or have an operator lift it: `watchword users unlock ADDRESS`.',
  overBudget: 'Tell the operator: the project has spent the budget that its settings allow for this time.',
  destinationStopped:
    'Use another channel for this recipient, or have an operator release the prefix: `watchword prefixes release`.',
  idempotencyRunning: 'Wait for the first request to end, then repeat this one with the same key.',
  idempotencyMismatch: 'Use a new key for a new request, and the same one only for the same body.',
  invalidTarget: 'Send one e-mail address or one phone number as `target`: no list, no display name.',
  invalidEmail: 'Correct the address, or set `channel` to `whatsapp` if it is a number.',
  invalidPhone: 'Send the number in international form, `+255712345678`, or add its `countryCode`.',
  invalidChannel: 'Set `channel` to `email` or `whatsapp`.',
  countryCodeRequired: 'Add `countryCode`, such as `+1`, or send the number in international form.',
  invalidCountryCode:
    'Send a calling code such as `+1`, or leave `countryCode` out of a number that begins with `+`.',
  invalidRecordId: 'Send an id of 1 to 128 characters, or leave it out.',
  invalidCode: 'Send the digits as a text, `"012345"`: a number loses its leading zeros.',
  invalidCodeLength:
    'Ask for as many digits as the message has; the project may have another length than six.',
  invalidPage: 'Send a whole number from 1.',
  invalidLimit: 'Send a whole number from 1 to 100.',
  invalidVerified: 'Send `true` or `false`, or leave it out.',
  invalidDateFrom: 'Send `2025-07-13` or `2025-07-13T10:30:00Z`; write the `+` of an offset as `%2B`.',
  invalidDateTo: 'Send `2025-07-13` or `2025-07-13T10:30:00Z`; write the `+` of an offset as `%2B`.',
  datesReversed: 'Exchange the two dates.',
  statsFiltered: 'Leave out everything but `dateFrom` and `dateTo`; the records take the other filters.',
  invalidIdempotencyKey: 'Send 1 to 255 printable ASCII characters, such as a UUID, or leave the header out.',
}
