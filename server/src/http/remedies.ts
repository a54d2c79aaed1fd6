/*
 * What callers can do about an error, for the documentation. A dialect says it for what only it answers; here stands what
 * all have in common.
 */

/** By the name of the example that shows the error. */
export type Remedies = Readonly<Record<string, string>>

/** Says what to do about the error that an example of a route shows. */
export const remedyOf = (
  { name, status }: { name: string; status: string },
  remedies: Remedies = {},
): string => remedies[name] ?? shared[name] ?? byStatus[status] ?? otherwise

const problems: Remedies = {
  invalid: 'Correct the field that the message names.',
  malformed: 'Send a body that is valid JSON, without a byte order mark.',
  'not-found': 'Compare the path with the one above, and its prefix with the mount.',
  'method-not-allowed': 'Use a method that `Allow` lists.',
  'too-large': 'Send at most 16 KiB; a request for a code needs a few hundred bytes.',
  'unsupported-media-type':
    'Set `content-type: application/json`, and send the body as it is, not compressed.',
  unavailable: 'Send the same request again after the seconds of `Retry-After`: nothing was changed.',
  fault: 'Give the reference to who runs the server: the log has the cause under it.',
}

/** What every API refuses, whatever its messages are called. */
const shared: Remedies = {
  ...problems,
  destinationRefused:
    'Nothing: the settings of the project (`countries`, lists, `refuseDisposable`) exclude this address. Its operator can change them.',
  workRequired:
    'Get the puzzle from the route that the message names, solve it, and send the solution in `X-Altcha`.',
  tooManySends:
    'Wait for the seconds that `Retry-After` says. A code that was sent before stays valid: ask for it instead.',
  tooManyRequests: 'Slow down, and repeat after the seconds of `Retry-After`.',
  countryCodeRequired: 'Send the number with its calling code: `+255712345678`.',
}

const byStatus: Remedies = {
  '400': 'Change what the message names; the same request would be refused again.',
  '401': 'Send valid credentials in the header that the page names above.',
  '403': 'Log in with another account: the credentials are right, but may not do this.',
  '404': 'Check the ids in the path: what they name is not there, or belongs to another project.',
  '409': 'Read the current state first: the request contradicts it.',
  '422': 'Send a request that agrees with the earlier one.',
  '429': 'Repeat after the seconds of `Retry-After`.',
}

const otherwise =
  'Read the message; the log of the server has the rest under the `X-Request-Id` of the answer.'
