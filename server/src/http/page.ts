import type { Origin } from './caller.ts'
import type { Call } from './dialect.ts'
import type { PageDescription } from './openapi.ts'
import type { TextAnswer } from './replies.ts'

/*
 * The host of the dialects. This folder owns what they share: reading and validating requests, the one boundary for
 * faults, headers, limits, documentation, health and metrics. Dialects own the content of answers.
 */

/** A resource of ours outside the JSON APIs: a page, a style sheet, the metrics. */
export type Page = {
  path: string
  /** The text of links to it; no page links to one without a title. */
  title?: string
  /** Its entry in the OpenAPI document; a page without one is not listed. */
  described?: PageDescription
  respond: (call: Call, origin: Origin) => Promise<TextAnswer>
}
