import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'

/**
 * The domains whose e-mail addresses are made to be thrown away, as they were known on the day of the package's version
 * (docs/decisions/dependencies.md). Read when a project first asks for them, for few do.
 */
export function createDisposableDomains(): () => ReadonlySet<string> {
  let domains: ReadonlySet<string> | null = null
  return () => {
    domains ??= disposableEmailBlocklistSet()
    return domains
  }
}
