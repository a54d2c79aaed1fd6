/** Who calls a keyless route. */
export type Caller = {
  /** An IPv4 address, or the /64 of an IPv6 address. */
  network: string
  userAgent: string
  /** The solved proof of work that the request carries, not yet parsed (S10). */
  solution: string | null
  /** Loopback in development: not counted per caller (S2, V5). */
  isExempt: boolean
}
