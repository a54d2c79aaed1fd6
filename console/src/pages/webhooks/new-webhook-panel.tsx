import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogueQuery } from '../../api/catalogue.ts'
import { createWebhook } from '../../api/webhooks.ts'
import { Button } from '../../components/button.tsx'
import { CheckListField } from '../../components/check-list-field.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { useGo } from '../../components/path-link.tsx'
import { SecretOnce } from '../../components/secret-once.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { Skeleton } from '../../components/states.tsx'
import { useForm } from '../../components/use-form.ts'
import { useProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { useRefresh } from './use-refresh.ts'
import { words as webhookWords } from './words.ts'

type Created = { webhookId: string; secret: string }

/** Creates a webhook, and shows its secret once. */
export function NewWebhookPanel() {
  const words = useWords(webhookWords)
  const go = useGo()
  const project = useProject()
  const [created, setCreated] = useState<Created | null>(null)
  const leave = () => go('/webhooks', 'kept')
  return (
    <SidePanel title={words.create} sentence={project?.name ?? words.sentence} onClose={leave}>
      {created !== null ? (
        <SecretOnce
          title={words.secretTitle}
          sentence={words.secretSentence}
          secret={created.secret}
          fileName={`${created.webhookId}.secret.txt`}
          onDone={() => go(`/webhooks/${created.webhookId}`, 'kept')}
        />
      ) : project === null ? (
        <Skeleton />
      ) : (
        <NewWebhookForm projectId={project.projectId} onCreated={setCreated} onCancel={leave} />
      )}
    </SidePanel>
  )
}

type FormProps = { projectId: string; onCreated: (created: Created) => void; onCancel: () => void }

const usual = ['challenge.verified', 'challenge.failed', 'challenge.undelivered']

function NewWebhookForm({ projectId, onCreated, onCancel }: FormProps) {
  const words = useWords(webhookWords)
  const refresh = useRefresh(projectId)
  const { data: catalogue } = useQuery(catalogueQuery)
  const form = useForm({
    initial: { url: '', eventTypes: usual.join(',') },
    rules: {
      url: (value) => (/^https?:\/\/\S+$/.test(value.trim()) ? null : words.urlWrong),
      eventTypes: (value) => (value === '' ? words.eventNeeded : null),
    },
    async submit({ url, eventTypes }) {
      onCreated(await createWebhook(projectId, { url: url.trim(), eventTypes: eventTypes.split(',') }))
      await refresh()
    },
  })
  const { onBlur: _, ...types } = form.fieldProps('eventTypes')
  return (
    <form {...form.formProps} className="space-y-4">
      <TextField
        label={words.url}
        hint={words.urlHint}
        type="url"
        isCode
        placeholder="https://shop.example.com/hooks"
        autoComplete="off"
        {...form.fieldProps('url')}
      />
      <CheckListField
        label={words.events}
        {...types}
        options={(catalogue?.webhookEventTypes ?? usual).map((value) => ({
          value,
          label: words.eventNames[value] ?? value,
        }))}
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
