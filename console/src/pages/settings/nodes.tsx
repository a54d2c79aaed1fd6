import { Time } from '../../components/figures.tsx'
import { Meaning, Notice } from '../../components/meaning.tsx'
import type { Column } from '../../components/table/column.ts'
import { useWords } from '../../language/language.tsx'
import type { ServerNode } from './server-state.ts'
import { words as settingsWords } from './words.ts'

/** Nodes of different versions are an update under way, or one that was forgotten. */
export function Versions({ nodes }: { nodes: ServerNode[] }) {
  const words = useWords(settingsWords)
  const versions = [...new Set(nodes.filter(({ isAlive }) => isAlive).map(({ version }) => version))]
  if (versions.length < 2) return null
  return (
    <div className="mb-4">
      <Notice kind="warn">{words.severalVersions(versions.join(', '))}</Notice>
    </div>
  )
}

/** The columns of the table of nodes. */
export function useNodeColumns(): Column<ServerNode>[] {
  const words = useWords(settingsWords)
  return [
    { id: 'host', head: words.host, value: ({ host }) => host },
    {
      id: 'state',
      head: words.state,
      value: ({ isAlive }) => (isAlive ? words.alive : words.silent),
      cell: ({ isAlive }) => (
        <Meaning kind={isAlive ? 'good' : 'bad'}>{isAlive ? words.alive : words.silent}</Meaning>
      ),
    },
    {
      id: 'version',
      head: words.version,
      value: ({ version }) => version,
      cell: ({ version }) => <span className="font-mono">{version}</span>,
    },
    {
      id: 'started',
      head: words.started,
      value: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <Time at={startedAt} />,
      isSecondary: true,
    },
    {
      id: 'seen',
      head: words.seen,
      value: ({ seenAt }) => seenAt,
      cell: ({ seenAt }) => <Time at={seenAt} />,
      isSecondary: true,
    },
    {
      id: 'node',
      head: words.node,
      value: ({ nodeId }) => nodeId,
      cell: ({ nodeId }) => <span className="font-mono">{nodeId}</span>,
      isSecondary: true,
    },
  ]
}
