import { type Caller, digestOfCaller } from './caller.ts'

/**
 * Who registers an address: the caller's network and user agent, as a digest. Each registrant has a code, a password and names
 * of its own, so that nobody's registration touches another's (A5). It stands for the record of the code, since codes of
 * different records do not replace each other.
 */
export type Registrant = string & { readonly brand: 'Registrant' }

/** The registrant that a caller is. The operator's own systems are one together. */
export const registrantOf = (caller: Caller | null): Registrant =>
  (caller === null ? 'operator' : digestOfCaller(caller).toString('hex').slice(0, 32)) as Registrant
