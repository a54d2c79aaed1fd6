import { useState } from 'react'
import { type Carrier, carrierPath } from '../../api/carriers.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { SelectField } from '../../components/field.tsx'
import { Meaning, type MeaningKind, Notice } from '../../components/meaning.tsx'
import { RecipientField } from '../../components/recipient-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { channelNames } from '../../language/channel-names.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as carrierWords } from './words.ts'

type Answer = { outcome: 'accepted' | 'refused' | 'unknown'; detail: string | null }
type Result = Answer & { to: string; seconds: number }

const meanings: Record<Answer['outcome'], MeaningKind> = { accepted: 'good', refused: 'bad', unknown: 'warn' }

/** Sends a sample code, which opens nothing, by this carrier alone, and shows its answer. */
export function TestSend({ carrier: { name, channels } }: { carrier: Carrier }) {
  const words = useWords(carrierWords)
  const channelWords = useWords(channelNames)
  const [result, setResult] = useState<Result | null>(null)
  const form = useForm({
    initial: { to: '', channel: channels[0] ?? 'sms' },
    rules: { to: (value) => (value.trim() === '' ? words.toNeeded : null) },
    async submit({ to, channel }) {
      setResult(null)
      const startedAt = performance.now()
      const answer = await request<Answer>(`${carrierPath(name)}/test`, {
        method: 'POST',
        body: { to: to.trim(), channel },
      })
      setResult({ ...answer, to: to.trim(), seconds: (performance.now() - startedAt) / 1000 })
    },
  })
  const isMail = form.fields.channel === 'email'
  return (
    <form {...form.formProps}>
      <p className="-mt-2 mb-4 text-14 text-grey-3">{words.testWhat}</p>
      <div className="flex flex-wrap items-start gap-3">
        {channels.length > 1 && (
          <div className="w-36">
            <SelectField
              label={words.channel}
              options={channels.map((value) => ({ value, label: channelWords[value] }))}
              {...form.fieldProps('channel')}
            />
          </div>
        )}
        <RecipientField label={words.to} isMail={isMail} {...form.fieldProps('to')} />
        <Button type="submit" look="primary" isBusy={form.isBusy} className="md:mt-6">
          {form.isBusy ? words.sending : words.send}
        </Button>
      </div>
      <div className="mt-4" aria-live="polite">
        {form.failure !== null && <Notice kind="bad">{form.failure.message}</Notice>}
        {result !== null && <Outcome {...result} />}
      </div>
    </form>
  )
}

function Outcome({ outcome, detail, to, seconds }: Result) {
  const words = useWords(carrierWords)
  const formats = useFormats()
  return (
    <Notice kind={meanings[outcome]}>
      <p>
        <Meaning kind={meanings[outcome]}>
          <span className="font-strong whitespace-normal">{words.outcomes[outcome](to)}</span>
        </Meaning>{' '}
        <span className="text-grey-3">{formats.seconds(seconds)}</span>
      </p>
      {detail !== null && <p className="mt-1 font-mono break-words">{detail}</p>}
    </Notice>
  )
}
