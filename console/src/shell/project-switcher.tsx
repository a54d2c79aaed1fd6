import { useQuery } from '@tanstack/react-query'
import { projectsQuery } from '../api/projects.ts'
import { Icon } from '../components/icon.tsx'
import { Menu, MenuChoice } from '../components/menu.tsx'
import { useWords } from '../language/language.tsx'
import { useQueryText } from '../manners/use-query-text.ts'
import { shellWords } from './shell-words.ts'

/** Chooses the project that pages show; it stands in the URL. */
export function ProjectSwitcher() {
  const words = useWords(shellWords)
  const [chosen, choose] = useQueryText('project')
  const { data: projects = [] } = useQuery(projectsQuery)
  const name = projects.find(({ projectId }) => projectId === chosen)?.name ?? words.allProjects
  const options = projects.map((project) => ({ value: project.projectId, label: project.name }))
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${words.project}: ${name}`}
          className="flex h-9 max-w-48 min-w-0 items-center gap-2 rounded px-2 text-14 font-strong hover:bg-grey-1"
        >
          <span className="truncate">{name}</span>
          <Icon name="down" size={16} />
        </button>
      }
    >
      <MenuChoice
        label={words.project}
        value={chosen}
        options={[{ value: '', label: words.allProjects }, ...options]}
        onChoose={choose}
      />
    </Menu>
  )
}
