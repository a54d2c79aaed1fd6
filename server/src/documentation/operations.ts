import type { OpenApiDocument, Operation } from '../http/openapi.ts'

/** A route as the reference shows it. `address` is its page, `path` that of the route. */
export type Entry = { address: string; method: string; path: string; operation: Operation }

/** The routes of one mount. `guide` is the slug that the written page about it has, if there is one. */
export type Api = { name: string; title: string; address: string; guide: string; entries: Entry[] }

/** The APIs of a server in the order of its document. */
export function readApis({ tags, paths }: OpenApiDocument): Api[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const takeAddress = createAddresses()
  return tags.map(({ name }) => {
    const address = takeAddress(`/docs/api/${slugOf(name)}`)
    const [dialect = name] = name.split(' ')
    const entries = operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map((entry) => ({
        ...entry,
        address: takeAddress(`${address}/${slugOf(`${entry.method} ${entry.path}`)}`),
      }))
    return {
      name,
      title: `${dialect.charAt(0).toUpperCase()}${name.slice(1)}`,
      address,
      guide: dialect,
      entries,
    }
  })
}

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Two paths may differ in a sign that addresses do not have: the second gets a number. */
function createAddresses(): (wanted: string) => string {
  const taken = new Map<string, number>()
  return (wanted) => {
    const times = (taken.get(wanted) ?? 0) + 1
    taken.set(wanted, times)
    return times === 1 ? wanted : `${wanted}-${times}`
  }
}
