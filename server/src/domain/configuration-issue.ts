/** One thing that is wrong with the configuration, with everything that is needed to correct it. */
export type ConfigurationIssue = {
  /** The setting, or the path in the file: `PORT`, `mounts[1].prefix`. */
  where: string
  /** The value there; null if there is none. Never a secret. */
  read: string | null
  expected: string
  example: string
  remedy: string
}

/** Suggests the known word that a wrong one probably stands for, as the beginning of a remedy. */
export function suggest(word: string, known: readonly string[]): string {
  const distances = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
  const [nearest] = distances.sort((a, b) => a.distance - b.distance)
  if (nearest === undefined || nearest.distance > Math.max(2, word.length / 3)) return ''
  return `Did you mean ${nearest.candidate}? `
}

/** The Levenshtein distance, ignoring case. */
function editDistance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()]
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const replaced = (previous[column - 1] ?? 0) + (isSame ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}
