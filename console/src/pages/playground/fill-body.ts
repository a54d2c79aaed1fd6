import type { TrialRequest } from '../../api/trials.ts'

/** The body of a trial with other values in the places of its address and its code, written out. */
export function fillBody({ body }: TrialRequest, replacements: Readonly<Record<string, string>>): string {
  const filled = Object.entries(body).map(([name, value]) => [
    name,
    typeof value === 'string' ? (replacements[value] ?? value) : value,
  ])
  return JSON.stringify(Object.fromEntries(filled), null, 2)
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
