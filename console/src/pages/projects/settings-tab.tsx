import { useQuery, useQueryClient } from '@tanstack/react-query'
import { catalogueQuery, type SettingNotes } from '../../api/catalogue.ts'
import { type Project, projectPath } from '../../api/projects.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Section } from '../../components/page.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { SettingField } from './setting-field.tsx'
import { groupSettings } from './setting-groups.ts'
import { readSetting, shapeOf, writeSetting } from './setting-shape.ts'
import { words as projectWords } from './words.ts'

type SettingsTabProps = { project: Project; mayChange: boolean }

/** Every setting of a project, as the server lists them, in groups that are saved one by one. */
export function SettingsTab({ project, mayChange }: SettingsTabProps) {
  const words = useWords(projectWords)
  const { data: catalogue, error, refetch } = useQuery(catalogueQuery)
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (catalogue === undefined) return <Skeleton />
  return groupSettings(catalogue.projectSettings).map(({ name, settings }) => (
    <Section key={name} title={words.groups[name].title}>
      <p className="-mt-2 mb-4 text-14 text-grey-3">{words.groups[name].what}</p>
      <GroupForm {...{ project, settings, mayChange }} />
    </Section>
  ))
}

const pathOf = (name: string) => `settings.${name}`

function GroupForm({ project, settings, mayChange }: SettingsTabProps & { settings: SettingNotes[] }) {
  const words = useWords(projectWords)
  const client = useQueryClient()
  const say = useToast()
  const initial: Record<string, string> = Object.fromEntries(
    settings.map((setting) => [
      pathOf(setting.name),
      writeSetting(shapeOf(setting), project.settings[setting.name]),
    ]),
  )
  const form = useForm({
    initial,
    async submit(fields) {
      const changed = settings.filter(({ name }) => fields[pathOf(name)] !== initial[pathOf(name)])
      const values = changed.map((setting) => [
        setting.name,
        readSetting(shapeOf(setting), fields[pathOf(setting.name)] ?? '', isNullable(setting)),
      ])
      await request(projectPath(project.projectId), {
        method: 'PATCH',
        body: { settings: Object.fromEntries(values) },
      })
      await client.invalidateQueries({ queryKey: ['projects'] })
      say(words.saved)
    },
  })
  return (
    <form {...form.formProps}>
      <fieldset disabled={!mayChange} className="space-y-4">
        <legend className="sr-only">{words.settings}</legend>
        {settings.map((setting) => (
          <SettingField key={setting.name} setting={setting} {...form.fieldProps(pathOf(setting.name))} />
        ))}
      </fieldset>
      {mayChange && (
        <FormEnd failure={form.failure}>
          <Button look="primary" type="submit" isBusy={form.isBusy}>
            {words.save}
          </Button>
        </FormEnd>
      )}
    </form>
  )
}

const isNullable = ({ schema }: SettingNotes): boolean =>
  schema.anyOf?.some(({ type }) => type === 'null') === true
