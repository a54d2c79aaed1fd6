import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { useGo } from '../../components/path-link.tsx'
import { SecretOnce } from '../../components/secret-once.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { readTokens, useTokensRule } from './tokens.ts'
import { words as projectWords } from './words.ts'

type Created = { projectId: string; apiKey: string; name: string }

/** Creates a project, and shows its first key once. */
export function NewProjectPanel() {
  const words = useWords(projectWords)
  const go = useGo()
  const [created, setCreated] = useState<Created | null>(null)
  return (
    <SidePanel title={words.create} sentence={words.createSentence} onClose={() => go('/projects')}>
      {created === null ? (
        <NewProjectForm onCreated={setCreated} onCancel={() => go('/projects')} />
      ) : (
        <SecretOnce
          title={words.firstKey(created.name)}
          sentence={words.keySentence}
          secret={created.apiKey}
          fileName={`${created.projectId}.key.txt`}
          onDone={() => go(`/projects/${created.projectId}`)}
        />
      )}
    </SidePanel>
  )
}

type FormProps = { onCreated: (created: Created) => void; onCancel: () => void }

function NewProjectForm({ onCreated, onCancel }: FormProps) {
  const words = useWords(projectWords)
  const client = useQueryClient()
  const tokensRule = useTokensRule()
  const form = useForm({
    initial: { name: '', 'settings.region': '', tokens: '' },
    rules: {
      name: (value) => (value.trim() === '' ? words.nameNeeded : null),
      'settings.region': (value) => (/^([a-z]{2})?$/i.test(value.trim()) ? null : words.regionWrong),
      tokens: tokensRule,
    },
    async submit({ name, tokens, ...settings }) {
      const region = settings['settings.region']?.trim() ?? ''
      const body = {
        name: name.trim(),
        tokens: readTokens(tokens),
        settings: region === '' ? {} : { region: region.toUpperCase() },
      }
      const created = await request<Omit<Created, 'name'>>('admin/v1/projects', { method: 'POST', body })
      await client.invalidateQueries({ queryKey: ['projects'] })
      onCreated({ ...created, name: body.name })
    },
  })
  return (
    <form {...form.formProps} className="space-y-4">
      <TextField label={words.name} hint={words.nameHint} autoComplete="off" {...form.fieldProps('name')} />
      <TextField
        label={words.labels.region}
        hint={words.regionHint}
        isOptional
        autoComplete="off"
        maxLength={2}
        {...form.fieldProps('settings.region')}
      />
      <TextField
        label={words.quota}
        hint={words.quotaHint}
        isOptional
        isCode
        inputMode="numeric"
        {...form.fieldProps('tokens')}
      />
      <FormEnd failure={form.failure}>
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button look="primary" type="submit" isBusy={form.isBusy}>
          {words.create}
        </Button>
      </FormEnd>
    </form>
  )
}
