import { useQuery } from '@tanstack/react-query'
import { roles } from '../../api/operators.ts'
import { projectsQuery } from '../../api/projects.ts'
import { CheckListField } from '../../components/check-list-field.tsx'
import { SelectField } from '../../components/field.tsx'
import { useWords } from '../../language/language.tsx'
import { words as operatorWords } from './words.ts'

type FieldProps = {
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
  onBlur: () => void
}

/** What an operator may do, and where. An owner has all projects. */
export function RoleFields({ role, projects }: { role: FieldProps; projects: FieldProps }) {
  const words = useWords(operatorWords)
  const { data = [] } = useQuery(projectsQuery)
  const { onBlur: _, ...choice } = projects
  const chosen = roles.find((one) => one === role.value)
  return (
    <>
      <SelectField
        label={words.role}
        {...(chosen === undefined ? {} : { hint: words.roleHints[chosen] })}
        {...role}
        options={roles.map((value) => ({ value, label: words.roles[value] }))}
      />
      {role.value !== 'owner' && (
        <CheckListField
          label={words.projects}
          hint={words.projectsHint}
          {...choice}
          options={data.map(({ projectId, name }) => ({ value: projectId, label: name }))}
        />
      )}
    </>
  )
}

/** The projects that the fields hold; none chosen is all of them. */
export const readProjects = (role: string, projects: string): string[] | null =>
  role === 'owner' || projects === '' ? null : projects.split(',')
