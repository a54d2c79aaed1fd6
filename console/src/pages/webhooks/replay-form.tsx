import { request } from '../../api/request.ts'
import { type Webhook, webhookPath } from '../../api/webhooks.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Section } from '../../components/page.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { useRefresh } from './use-refresh.ts'
import { words as webhookWords } from './words.ts'

/** Delivers all events of a range of time again, such as those of an outage. */
export function ReplayForm({ projectId, webhook }: { projectId: string; webhook: Webhook }) {
  const words = useWords(webhookWords)
  const say = useToast()
  const refresh = useRefresh(projectId)
  const needed = (value: string) => (value === '' ? words.momentNeeded : null)
  const form = useForm({
    initial: { from: '', until: '' },
    rules: {
      from: needed,
      until: (value, { from }) => needed(value) ?? (value > from ? null : words.untilAfter),
    },
    async submit({ from, until }) {
      const { deliveries } = await request<{ deliveries: number }>(
        `${webhookPath(projectId, webhook.webhookId)}/replay`,
        {
          method: 'POST',
          body: { from: new Date(from).toISOString(), until: new Date(until).toISOString() },
        },
      )
      await refresh()
      say(words.replaying(deliveries))
    },
  })
  return (
    <Section title={words.replayRange}>
      <p className="-mt-2 mb-4 text-14 text-grey-3">{words.replayWhat}</p>
      <form {...form.formProps}>
        <div className="grid gap-3 md:grid-cols-2">
          <TextField label={words.from} type="datetime-local" {...form.fieldProps('from')} />
          <TextField label={words.until} type="datetime-local" {...form.fieldProps('until')} />
        </div>
        <FormEnd failure={form.failure}>
          <Button type="submit" icon="refresh" isBusy={form.isBusy}>
            {words.replay}
          </Button>
        </FormEnd>
      </form>
    </Section>
  )
}
