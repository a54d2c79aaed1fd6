import type { Verdict } from '../http-carrier.ts'

/** What a carrier says to a notice when all that it can send is a code in an approved template. */
export const codesOnly: Verdict = {
  kind: 'for-good',
  detail: 'This carrier sends codes only, in a template.',
}
