import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { projectQuery } from '../../api/projects.ts'
import { useMay } from '../../api/session.ts'
import { useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { KeysTab } from './keys-tab.tsx'
import { ProjectTab } from './project-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { SpendingTab } from './spending-tab.tsx'
import { words as projectWords } from './words.ts'

/** One project: what it may, what it has spent, its settings and its keys. */
export function ProjectPanel() {
  const words = useWords(projectWords)
  const go = useGo()
  const { projectId = '' }: { projectId?: string } = useParams({ strict: false })
  const [tab, setTab] = useQueryText('tab')
  const { data: project, error, refetch } = useQuery(projectQuery(projectId))
  const mayChange = useMay('change')
  return (
    <SidePanel title={project?.name ?? projectId} sentence={projectId} onClose={() => go('/projects', {})}>
      {project === undefined ? (
        error === null ? (
          <Skeleton />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Tabs
          label={project.name}
          value={tab === '' ? 'project' : tab}
          onChange={(id) => setTab(id === 'project' ? '' : id)}
          tabs={[
            { id: 'project', label: words.project, content: <ProjectTab {...{ project, mayChange }} /> },
            { id: 'keys', label: words.keys, content: <KeysTab {...{ project, mayChange }} /> },
            { id: 'settings', label: words.settings, content: <SettingsTab {...{ project, mayChange }} /> },
            { id: 'spending', label: words.spending, content: <SpendingTab project={project} /> },
          ]}
        />
      )}
    </SidePanel>
  )
}
