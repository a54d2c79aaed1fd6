import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'

/**
 * The domains of disposable e-mail addresses, as known when the package was released (docs/decisions/dependencies.md).
 * Loaded when a project first needs them, because few projects do.
 */
export function createDisposableDomains(): () => ReadonlySet<string> {
  let domains: ReadonlySet<string> | null = null
  return () => {
    domains ??= disposableEmailBlocklistSet()
    return domains
  }
}
