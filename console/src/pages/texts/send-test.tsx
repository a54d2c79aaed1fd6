import { useState } from 'react'
import { request } from '../../api/request.ts'
import { type TextKey, textPath } from '../../api/texts.ts'
import { Button } from '../../components/button.tsx'
import { Meaning, Notice } from '../../components/meaning.tsx'
import { RecipientField } from '../../components/recipient-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { words as textWords } from './words.ts'

type Attempt = { carrier: string; outcome: 'accepted' | 'refused' | 'unknown'; detail: string | null }
type Sent = { to: string; attempts: Attempt[] }

const meanings = { accepted: 'good', refused: 'bad', unknown: 'warn' } as const

type SendTestProps = { projectId: string; textKey: TextKey; isStored: boolean }

/** Sends the text in force to an address, with a sample code that opens nothing. */
export function SendTest({ projectId, textKey, isStored }: SendTestProps) {
  const words = useWords(textWords)
  const [sent, setSent] = useState<Sent | null>(null)
  const form = useForm({
    initial: { to: '' },
    rules: { to: (value) => (value.trim() === '' ? words.toNeeded : null) },
    async submit({ to }) {
      setSent(null)
      const path = `${textPath(projectId, textKey)}/send`
      setSent(await request<Sent>(path, { method: 'POST', body: { to: to.trim() } }))
    },
  })
  const isMail = textKey.channel === 'email'
  return (
    <section aria-label={words.test} className="mt-8">
      <h2 className="text-16">{words.test}</h2>
      <p className="mb-3 text-14 text-grey-3">{isStored ? words.testWhat : words.saveFirst}</p>
      <form {...form.formProps} className="flex flex-wrap items-start gap-3">
        <RecipientField label={words.to} isMail={isMail} {...form.fieldProps('to')} />
        <Button type="submit" isBusy={form.isBusy} className="md:mt-6">
          {words.send}
        </Button>
      </form>
      <div aria-live="polite" className="mt-3">
        {form.failure !== null && <Notice kind="bad">{form.failure.message}</Notice>}
        {sent !== null && <Attempts {...sent} />}
      </div>
    </section>
  )
}

function Attempts({ to, attempts }: Sent) {
  const words = useWords(textWords)
  if (attempts.length === 0) return <Notice kind="warn">{words.nobodySends}</Notice>
  return (
    <ul className="space-y-1 text-14">
      {attempts.map(({ carrier, outcome, detail }) => (
        <li key={carrier}>
          <Meaning kind={meanings[outcome]}>
            <span className="whitespace-normal">{words.outcomes[outcome](carrier, to)}</span>
          </Meaning>
          {detail !== null && <span className="ml-2 font-mono text-12 text-grey-3">{detail}</span>}
        </li>
      ))}
    </ul>
  )
}
