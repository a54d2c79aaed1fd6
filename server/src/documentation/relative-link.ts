import { posix } from 'node:path'

/**
 * The way from one page of this server to another. Relative, because a proxy may serve us below a path of its own. Both
 * are absolute paths; `to` may end in an anchor.
 */
export function relativeLink(from: string, to: string): string {
  const [path = '', anchor] = to.split('#')
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (path === from && hash !== '') return hash
  const folder = posix.relative(posix.dirname(from), posix.dirname(path))
  return (path === '/' ? `${folder === '' ? '.' : folder}/` : posix.join(folder, posix.basename(path))) + hash
}
