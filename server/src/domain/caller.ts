/** Who calls a keyless route. */
export type Caller = {
  /** IPv4 address, or the /64 of an IPv6 address. */
  network: string
  userAgent: string
  /** The solved puzzle that came with the request, as it came (S10). */
  solution: string | null
  /** Loopback in development: not counted per caller (S2, V5). */
  isExempt: boolean
}
