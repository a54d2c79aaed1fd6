import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { webhooksQuery } from '../../api/webhooks.ts'
import { useGo } from '../../components/path-link.tsx'
import { SecretOnce } from '../../components/secret-once.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { DeliveriesTab } from './deliveries-tab.tsx'
import { WebhookTab } from './webhook-tab.tsx'
import { words as webhookWords } from './words.ts'

/** One webhook: its deliveries with their attempts, and its settings. */
export function WebhookPanel() {
  const words = useWords(webhookWords)
  const go = useGo()
  const { webhookId = '' }: { webhookId?: string } = useParams({ strict: false })
  const project = useProject()
  return (
    <SidePanel title={words.webhook} sentence={webhookId} onClose={() => go('/webhooks', 'kept')}>
      {project === null ? <Skeleton /> : <WebhookView projectId={project.projectId} webhookId={webhookId} />}
    </SidePanel>
  )
}

function WebhookView({ projectId, webhookId }: { projectId: string; webhookId: string }) {
  const words = useWords(webhookWords)
  const { data: webhooks, error, refetch } = useQuery(webhooksQuery(projectId))
  const [tab, setTab] = useQueryText('tab')
  const [secret, setSecret] = useState<string | null>(null)
  if (webhooks === undefined)
    return error === null ? <Skeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />
  const webhook = webhooks.find((one) => one.webhookId === webhookId)
  if (webhook === undefined) return <Empty icon="search" title={words.gone} />
  if (secret !== null)
    return (
      <SecretOnce
        title={words.secretTitle}
        sentence={words.rotatedSentence}
        secret={secret}
        fileName={`${webhookId}.secret.txt`}
        onDone={() => setSecret(null)}
      />
    )
  return (
    <Tabs
      label={words.webhook}
      value={tab === '' ? 'deliveries' : tab}
      onChange={(id) => setTab(id === 'deliveries' ? '' : id)}
      tabs={[
        { id: 'deliveries', label: words.deliveries, content: <DeliveriesTab {...{ projectId, webhook }} /> },
        {
          id: 'webhook',
          label: words.settings,
          content: <WebhookTab {...{ projectId, webhook }} onSecret={setSecret} />,
        },
      ]}
    />
  )
}
