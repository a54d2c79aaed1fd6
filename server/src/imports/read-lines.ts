/** A line of a file, with its number from 1 and how much of the file was read with it. */
export type Line = { text: string; number: number; bytesRead: number }

/** Splits at line feeds. Bytes that are not UTF-8 become U+FFFD, which the reader of the fields refuses. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let open: Buffer[] = []
  let number = 0
  let bytesRead = 0
  const close = (end: Buffer, newline: 0 | 1): Line => {
    const bytes = Buffer.concat([...open, end])
    open = []
    number += 1
    bytesRead += bytes.length + newline
    const text = bytes.toString('utf8')
    // Spreadsheets put a byte order mark before the first line.
    return { text: number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text, number, bytesRead }
  }

  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield close(chunk.subarray(from, end), 1)
      from = end + 1
    }
    if (from < chunk.length) open.push(chunk.subarray(from))
  }
  if (open.length > 0) yield close(Buffer.alloc(0), 0)
}
