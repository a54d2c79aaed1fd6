import { createInterface } from 'node:readline'
import type { Terminal } from './terminal.ts'

/**
 * Whether the answer to a question is the one word that confirms it. The question is no part of the result, so it is on stderr.
 * No answer, as in a job without input, does not confirm.
 */
export async function confirm(
  { draw }: Pick<Terminal, 'draw'>,
  question: string,
  word: string,
): Promise<boolean> {
  draw(question)
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    for await (const line of lines) return line.trim() === word
    return false
  } finally {
    lines.close()
  }
}
