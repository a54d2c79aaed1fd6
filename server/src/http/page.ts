import type { Origin } from './caller.ts'
import type { Call } from './dialect.ts'
import type { PageDescription } from './openapi.ts'
import type { TextAnswer } from './replies.ts'

/*
 * The host of the dialects. This folder owns what they share: reading and judging requests, the one boundary for
 * faults, headers, limits, documentation, health and metrics. What an answer says is the dialect's business.
 */

/** Something of ours that is no JSON API: a page, a style sheet, a scrape. */
export type Page = {
  path: string
  /** What links to it say; a page without one is linked from nowhere. */
  title?: string
  /** What the interface description tells of it; a page without one is not in there. */
  described?: PageDescription
  respond: (call: Call, origin: Origin) => Promise<TextAnswer>
}
