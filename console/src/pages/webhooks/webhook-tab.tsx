import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogueQuery } from '../../api/catalogue.ts'
import { request } from '../../api/request.ts'
import { useMay } from '../../api/session.ts'
import { type Webhook, webhookPath } from '../../api/webhooks.ts'
import { Button } from '../../components/button.tsx'
import { CheckListField } from '../../components/check-list-field.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Section } from '../../components/page.tsx'
import { useGo } from '../../components/path-link.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { conditionOf } from './condition.ts'
import { useRefresh } from './use-refresh.ts'
import { words as webhookWords } from './words.ts'

type WebhookTabProps = { projectId: string; webhook: Webhook; onSecret: (secret: string) => void }

/** Where a webhook leads, to which events it listens, and its secret. */
export function WebhookTab({ projectId, webhook, onSecret }: WebhookTabProps) {
  const words = useWords(webhookWords)
  const mayChange = useMay('change')
  const { condition, meaning } = conditionOf(webhook)
  return (
    <>
      <p className="mb-6">
        <Meaning kind={meaning}>{words.conditions[condition]}</Meaning>
        {webhook.disabledReason !== null && (
          <span className="text-grey-3">
            {' · '}
            {words.reasons[webhook.disabledReason] ?? webhook.disabledReason}
          </span>
        )}
      </p>
      <WebhookForm {...{ projectId, webhook }} />
      {mayChange && (
        <Section title={words.more}>
          <WebhookActions {...{ projectId, webhook, onSecret }} />
        </Section>
      )}
    </>
  )
}

function WebhookForm({ projectId, webhook }: Omit<WebhookTabProps, 'onSecret'>) {
  const words = useWords(webhookWords)
  const mayChange = useMay('change')
  const say = useToast()
  const refresh = useRefresh(projectId)
  const { data: catalogue } = useQuery(catalogueQuery)
  const form = useForm({
    initial: { url: webhook.url, eventTypes: webhook.eventTypes.join(',') },
    rules: {
      url: (value) => (/^https?:\/\/\S+$/.test(value.trim()) ? null : words.urlWrong),
      eventTypes: (value) => (value === '' ? words.eventNeeded : null),
    },
    async submit({ url, eventTypes }) {
      await request(webhookPath(projectId, webhook.webhookId), {
        method: 'PATCH',
        body: { url: url.trim(), eventTypes: eventTypes.split(',') },
      })
      await refresh()
      say(words.saved)
    },
  })
  const { onBlur: _, ...types } = form.fieldProps('eventTypes')
  return (
    <form {...form.formProps}>
      <fieldset disabled={!mayChange} className="space-y-4">
        <legend className="sr-only">{words.settings}</legend>
        <TextField label={words.url} hint={words.urlHint} type="url" isCode {...form.fieldProps('url')} />
        <CheckListField
          label={words.events}
          {...types}
          options={(catalogue?.webhookEventTypes ?? webhook.eventTypes).map((value) => ({
            value,
            label: words.eventNames[value] ?? value,
          }))}
        />
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

function WebhookActions({ projectId, webhook, onSecret }: WebhookTabProps) {
  const words = useWords(webhookWords)
  const go = useGo()
  const say = useToast()
  const refresh = useRefresh(projectId)
  const [asks, setAsks] = useState<'rotate' | 'remove' | null>(null)
  const path = webhookPath(projectId, webhook.webhookId)
  const host = new URL(webhook.url).host

  const setEnabled = async (isEnabled: boolean) => {
    await request(path, { method: 'PATCH', body: { isEnabled } })
      .then(() => say(isEnabled ? words.enabled : words.disabled))
      .catch((error: Error) => say(error.message, 'bad'))
    await refresh()
  }
  const rotate = async () => {
    const { secret } = await request<{ secret: string }>(`${path}/secret`, { method: 'POST', body: {} })
    await refresh()
    onSecret(secret)
  }
  const remove = async () => {
    await request(path, { method: 'DELETE', body: {} })
    go('/webhooks', 'kept')
    await refresh()
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => void setEnabled(!webhook.isEnabled)}>
        {webhook.isEnabled ? words.disable : words.enable}
      </Button>
      <Button icon="refresh" onClick={() => setAsks('rotate')}>
        {words.rotate}
      </Button>
      <Button icon="trash" onClick={() => setAsks('remove')}>
        {words.remove}
      </Button>
      {asks !== null && (
        <ConfirmByName
          title={asks === 'rotate' ? words.rotate : words.remove}
          sentence={asks === 'rotate' ? words.rotateWhat : words.removeWhat}
          name={host}
          verb={asks === 'rotate' ? words.rotate : words.remove}
          onConfirm={asks === 'rotate' ? rotate : remove}
          onClose={() => setAsks(null)}
        />
      )}
    </div>
  )
}
