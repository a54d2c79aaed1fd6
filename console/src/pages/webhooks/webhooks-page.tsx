import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMay } from '../../api/session.ts'
import { type Webhook, webhooksQuery } from '../../api/webhooks.ts'
import { buttonClass } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useProject, WithProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { conditionOf } from './condition.ts'
import { words as webhookWords } from './words.ts'

/** Where a project sends its events. */
export function WebhooksPage() {
  const words = useWords(webhookWords)
  const mayChange = useMay('change')
  const project = useProject()
  const create =
    mayChange && project !== null ? (
      <PathLink path="/webhooks/new" query="kept" className={buttonClass('primary')}>
        {words.create}
      </PathLink>
    ) : undefined
  return (
    <Page title={words.title} sentence={words.sentence} action={create}>
      <WithProject>
        {({ projectId }) => <WebhookTable key={projectId} projectId={projectId} create={create} />}
      </WithProject>
      <Outlet />
    </Page>
  )
}

function WebhookTable({ projectId, create }: { projectId: string; create: ReactNode }) {
  const words = useWords(webhookWords)
  const { data, error, refetch } = useQuery(webhooksQuery(projectId))
  return (
    <Table
      label={words.title}
      columns={useColumns()}
      rows={data}
      failure={data === undefined ? error : null}
      onRetry={() => void refetch()}
      keyOf={({ webhookId }) => webhookId}
      pathOf={({ webhookId }) => `/webhooks/${webhookId}`}
      exportName="webhooks"
      empty={
        <Empty icon="webhooks" title={words.emptyTitle} action={create}>
          {words.empty}
        </Empty>
      }
    />
  )
}

function useColumns(): Column<Webhook>[] {
  const words = useWords(webhookWords)
  return [
    {
      id: 'url',
      head: words.url,
      value: ({ url }) => url,
      cell: ({ url }) => <span className="font-mono break-all">{url}</span>,
    },
    {
      id: 'state',
      head: words.state,
      value: (webhook) => words.conditions[conditionOf(webhook).condition],
      cell: (webhook) => {
        const { condition, meaning } = conditionOf(webhook)
        return <Meaning kind={meaning}>{words.conditions[condition]}</Meaning>
      },
    },
    {
      id: 'events',
      head: words.events,
      value: ({ eventTypes }) => eventTypes.length,
      isNumber: true,
      isSecondary: true,
    },
    {
      id: 'created',
      head: words.created,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      isSecondary: true,
    },
  ]
}
