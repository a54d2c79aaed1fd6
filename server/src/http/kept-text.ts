import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Call } from './dialect.ts'
import type { TextAnswer } from './replies.ts'

/**
 * A text that stays the same while the server runs, as bytes that are made once: half a megabyte of text that is
 * encoded anew for each of many requests keeps the event loop for seconds.
 */
export type KeptText = { plain: Representation; gzip: Representation }

type Representation = { bytes: Buffer; headers: Record<string, string> }

/** Makes both representations of a text, each with an entity tag of its own (RFC 9110 section 8.8.3.3). */
export function keepText(text: string): KeptText {
  const plain = Buffer.from(text)
  const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  // Readers may keep it, as it holds nothing personal, and ask whether it is still the same.
  const shared = { 'cache-control': 'no-cache', vary: 'accept-encoding' }
  return {
    plain: { bytes: plain, headers: { ...shared, etag: `"${tag}"` } },
    gzip: {
      bytes: gzipSync(plain),
      headers: { ...shared, etag: `"${tag}-gzip"`, 'content-encoding': 'gzip' },
    },
  }
}

/** The answer with the text, or 304 for a reader who has it. */
export function answerKeptText(
  { plain, gzip }: KeptText,
  contentType: string,
  headers: Call['headers'],
): TextAnswer {
  const { bytes, headers: ofText } = takesCoding('gzip', headers['accept-encoding']) ? gzip : plain
  if (!hasTag(headers['if-none-match'], ofText.etag ?? '')) {
    return { status: 200, contentType, text: bytes, headers: ofText }
  }
  const { 'content-encoding': _, ...ofNothing } = ofText
  return { status: 304, contentType, text: '', headers: ofNothing }
}

/** Whether a reader takes a content coding (RFC 9110 section 12.5.3). */
export const takesCoding = (coding: 'br' | 'gzip', acceptEncoding: string | string[] | undefined): boolean =>
  new RegExp(`\\b${coding}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(String(acceptEncoding ?? ''))

/** Whether a reader has the text of a tag. Proxies that compress mark it as weak (RFC 9110 section 13.1.2). */
export const hasTag = (ifNoneMatch: string | string[] | undefined, tag: string): boolean =>
  ifNoneMatch !== undefined &&
  String(ifNoneMatch)
    .split(',')
    .some((listed) => ['*', tag].includes(listed.trim().replace(/^W\//, '')))
