import type { FileKey } from '../domain/mount-option.ts'
import type { ConfigurationIssue } from './configuration-error.ts'
import { isLoopbackHost } from './loopback.ts'

/** The key of a mount that names the origins whose pages may call it. */
export const originsKey: FileKey = {
  sentence:
    'The origins whose pages in a browser may call it and read its answers (CORS). Programs that are not browsers need no entry.',
  expected: 'a list of exact origins: scheme, host, and a port that is not the default; https in production',
  example: 'origins: [https://app.example.com]',
  default: 'none: a page can only call it from the origin that it is reached at',
}

type ReportOrigin = (place: string, read: unknown, remedy: string) => void

/** Reads the origins of a mount. What is wrong is reported, and counts as not written. */
export function readOrigins(value: unknown, report: ReportOrigin): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    report('origins', value, 'Write a list, also for a single origin.')
    return []
  }
  return value.flatMap((entry, index) => {
    const remedy = remedyFor(entry)
    if (remedy === null) return [entry as string]
    report(`origins[${index}]`, entry, remedy)
    return []
  })
}

/** A browser compares origins letter by letter, so an entry must be spelt exactly as a browser sends it. */
function remedyFor(entry: unknown): string | null {
  if (entry === '*')
    return 'Name the origins. With * any website could have its visitors request codes, each from a network of its own.'
  if (typeof entry === 'string' && entry.includes('*'))
    return 'Name each host. Whoever gets hold of one subdomain would speak for all.'
  if (typeof entry !== 'string' || !URL.canParse(entry) || !/^[a-z][a-z\d+.-]*:\/\/[^/]/i.test(entry))
    return 'Write scheme, colon, two slashes and host.'
  const { protocol, origin, host } = new URL(entry)
  if (['ws:', 'wss:', 'ftp:', 'file:'].includes(protocol)) return 'Pages have https, or http on this machine.'
  // Apps in a web view have schemes of their own, such as capacitor://localhost, and no `origin` in this sense.
  const exact = ['http:', 'https:'].includes(protocol) ? origin : `${protocol}//${host}`
  return exact === entry ? null : `Write ${exact}, as browsers do: without a path, in small letters.`
}

/** The same origins in production: over plain http a page could be replaced on its way, by one that reads what it is answered. */
export const refuseOpenOrigins = (origins: readonly string[], index: number): ConfigurationIssue[] =>
  origins.flatMap((origin, place) => {
    const { protocol, hostname } = new URL(origin)
    if (protocol !== 'http:' || isLoopbackHost(hostname)) return []
    const { expected, example } = originsKey
    const remedy = 'Serve the page over https and name that origin; http is for this machine alone.'
    return [{ where: `mounts[${index}].origins[${place}]`, read: origin, expected, example, remedy }]
  })
