import { queryOptions, useQuery } from '@tanstack/react-query'
import { request } from '../../api/request.ts'
import { Page, Section } from '../../components/page.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { Table } from '../../components/table/table.tsx'
import { useWords } from '../../language/language.tsx'
import { Elsewhere } from './elsewhere.tsx'
import { useNodeColumns, Versions } from './nodes.tsx'
import { ServerFacts } from './server-facts.tsx'
import type { ServerState } from './server-state.ts'
import { words as settingsWords } from './words.ts'

const stateQuery = queryOptions({
  queryKey: ['server-state'],
  refetchInterval: 10_000,
  queryFn: ({ signal }) => request<ServerState>('admin/v1/state', { signal }),
})

/** What the server runs with: its versions, its nodes, and what waits in it. */
export function SettingsPage() {
  const words = useWords(settingsWords)
  const columns = useNodeColumns()
  const { data: state, error, refetch } = useQuery(stateQuery)
  return (
    <Page title={words.title} sentence={words.sentence}>
      {state !== undefined ? (
        <>
          <Section title={words.server}>
            <ServerFacts state={state} />
          </Section>
          <Section title={words.nodes}>
            <Versions nodes={state.nodes} />
            <Table
              label={words.nodes}
              columns={columns}
              rows={state.nodes}
              keyOf={({ nodeId }) => nodeId}
              exportName="nodes"
              empty={null}
            />
          </Section>
        </>
      ) : error === null ? (
        <Skeleton />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
      <Elsewhere />
    </Page>
  )
}
