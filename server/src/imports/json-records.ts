import type { FileRecord, Values } from './file-record.ts'
import type { Line } from './read-lines.ts'

/** A longer record has a bracket that somebody forgot to close. */
const recordLinesMax = 1_000
const recordLengthMax = 64 * 1024

/** What Firebase writes before its list. */
const wrapper = /^\s*\{\s*"users"\s*:\s*\[/
const beginningOfWrapper = /^\s*(\{\s*("users"\s*(:\s*)?)?)?$/

/** Where a record begins after one that could not be read. */
const startOfRecord = /^[\s,[]*\{/

/**
 * Reads the objects of a JSON file as they arrive, however long the file is: those of a list, of a list under `users`, or one after
 * the other, as JSON lines are. An object that cannot be read costs only its first line: reading continues with the next line
 * that begins an object.
 */
export async function* readJsonRecords(lines: AsyncIterable<Line>): AsyncGenerator<FileRecord> {
  const scanner = createScanner()
  let opening: Line[] | null = []
  for await (const line of lines) {
    if (opening === null) {
      yield* scanner.take(line)
      continue
    }
    opening.push(line)
    const text = opening.map((read) => read.text).join('\n')
    if (beginningOfWrapper.test(text)) continue
    const isWrapped = wrapper.test(text)
    // The lines before the bracket hold nothing else; what comes after it on its line is a line of its own.
    const rest = isWrapped ? [{ ...line, text: text.replace(wrapper, '').split('\n').at(-1) ?? '' }] : opening
    opening = null
    for (const read of rest) yield* scanner.take(read)
  }
  for (const line of opening ?? []) yield* scanner.take(line)
  yield* scanner.end()
}

/** What is being read: nothing, the rest of a record, lines until one begins a record again, or what stands after the list. */
type State = 'between' | 'inside' | 'lost' | 'after'

type Read = { ok: true; values: Values } | { ok: false; problem: string }

function createScanner() {
  let state: State = 'between'
  /** The lines of the record that is being read; the first from where the record begins. */
  let held: Line[] = []
  /** Its brackets that are open. */
  let open: string[] = []

  /** After a record that cannot be read, its lines but the first are read again, for they may begin records of their own. */
  function* fail(problem: string): Generator<FileRecord> {
    const [first, ...others] = held as [Line, ...Line[]]
    yield { line: first.number, bytesRead: first.bytesRead, ok: false, problem }
    state = 'lost'
    held = []
    for (const line of others) yield* take(line)
  }

  function* take(line: Line): Generator<FileRecord> {
    const { text } = line
    if (state === 'lost' && startOfRecord.test(text)) state = 'between'
    let at = 0
    while (at < text.length && (state === 'between' || state === 'inside')) {
      if (state === 'between') {
        at = nextOf(text, at)
        if (at === text.length) return
        if (text[at] === ']') state = 'after'
        else if (text[at] !== '{') {
          held = [line]
          yield* fail('is not a JSON object')
        } else {
          state = 'inside'
          open = []
        }
        continue
      }
      const { end, problem } = findEnd(text, at, open)
      held.push({ ...line, text: text.slice(at, end) })
      if (problem !== null) return yield* fail(problem)
      if (end === undefined) {
        if (held.length > recordLinesMax || lengthOf(held) > recordLengthMax)
          yield* fail('is longer than 64 KiB: a bracket is opened and never closed')
        return
      }
      const record = parseRecord(held.map((part) => part.text).join('\n'))
      if (!record.ok) return yield* fail(record.problem)
      yield { line: held[0]?.number ?? line.number, bytesRead: line.bytesRead, ...record }
      state = 'between'
      held = []
      at = end
    }
  }

  function* end(): Generator<FileRecord> {
    while (held.length > 0) yield* fail('a bracket is opened and never closed')
  }

  return { take, end }
}

const lengthOf = (lines: Line[]): number => lines.reduce((sum, { text }) => sum + text.length, 0)

/**
 * Where a record ends in a line; undefined if it goes on. `open` has its brackets that are open, and is changed. A text of JSON
 * has no line break, so a quotation mark is closed in the line where it is opened.
 */
function findEnd(
  text: string,
  from: number,
  open: string[],
): { end: number | undefined; problem: string | null } {
  const marks = /["{}[\]]/g
  marks.lastIndex = from
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [sign] = mark
    if (sign === '"') {
      const end = endOfText(text, mark.index)
      if (end === -1) return { end: undefined, problem: 'a quotation mark is opened and never closed' }
      marks.lastIndex = end
    } else if (sign === '{' || sign === '[') open.push(sign)
    else if (open.pop() !== (sign === '}' ? '{' : '['))
      return { end: undefined, problem: 'a bracket is closed by another one' }
    else if (open.length === 0) return { end: mark.index + 1, problem: null }
  }
  return { end: undefined, problem: null }
}

/** The place of the next character that belongs to a record, or is none that may stand between two. */
function nextOf(text: string, from: number): number {
  const found = text.slice(from).search(/[^\s,[]/)
  return found === -1 ? text.length : from + found
}

/** The place after the quotation mark that closes the text; -1 where none does. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return -1
}

function parseRecord(text: string): Read {
  if (text.includes('\uFFFD')) return { ok: false, problem: 'is not encoded in UTF-8' }
  try {
    return { ok: true, values: JSON.parse(text) as Values }
  } catch {
    return { ok: false, problem: 'is not JSON' }
  }
}
