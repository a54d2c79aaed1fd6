/**
 * The value of a JSON text; throws where it is none. A byte order mark before it is ignored, as RFC 8259 section 8.1 allows:
 * some editors and systems write one, and it says nothing.
 */
export const parseJsonText = (text: string): unknown =>
  JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
