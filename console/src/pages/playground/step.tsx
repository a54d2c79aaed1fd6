import { type ReactNode, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextAreaField } from '../../components/field.tsx'
import { Meaning, type MeaningKind } from '../../components/meaning.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useWords } from '../../language/language.tsx'
import { ExampleTabs } from './example-tabs.tsx'
import { isJson } from './fill-body.ts'
import { useCall } from './use-call.ts'
import { words as playgroundWords } from './words.ts'

export type StepProps = {
  title: string
  verb: string
  url: string
  headers: Record<string, string>
  /** The body with what was entered above; who changes it here has the last word. */
  filledBody: string
  /** What is entered for this step alone. */
  fields?: ReactNode
  isReady?: boolean
  language: string
  onLanguage: (language: string) => void
}

/** One request: what is sent, what was answered, and the same as code. */
export function Step({
  title,
  verb,
  url,
  headers,
  filledBody,
  fields,
  isReady = true,
  language,
  onLanguage,
}: StepProps) {
  const words = useWords(playgroundWords)
  const call = useCall()
  const [changed, setChanged] = useState<string | null>(null)
  const body = changed ?? filledBody
  const request = { url, headers, body }
  return (
    <section aria-label={title} className="mt-10 border-t border-grey-2 pt-6">
      <h2 className="mb-4 text-20">{title}</h2>
      <div className="grid gap-8 lg:grid-cols-2">
        <form
          className="min-w-0 space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            call.mutate(request)
          }}
        >
          {fields}
          <p className="font-mono text-14 break-all">
            <span className="font-strong">POST</span> {new URL(url).pathname}
          </p>
          <TextAreaField
            label={words.body}
            hint={words.bodyHint}
            name="body"
            isCode
            rows={body.split('\n').length}
            spellCheck={false}
            value={body}
            onChange={setChanged}
            mistake={isJson(body) ? null : words.notJson}
          />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" isBusy={call.isPending} disabled={!isReady}>
              {verb}
            </Button>
            {changed !== null && <Button onClick={() => setChanged(null)}>{words.reset}</Button>}
          </div>
          <AnswerView call={call} />
        </form>
        <div className="min-w-0">
          <ExampleTabs {...{ request, language, onLanguage }} />
        </div>
      </div>
    </section>
  )
}

function AnswerView({ call }: { call: ReturnType<typeof useCall> }) {
  const words = useWords(playgroundWords)
  if (call.isError) return <ErrorState error={call.error} />
  if (call.data === undefined) return <p className="text-grey-3">{words.noAnswer}</p>
  const { status, text, milliseconds, retryAfter } = call.data
  return (
    <div role="status">
      <p className="mb-2 flex flex-wrap items-center gap-x-3 text-14">
        <Meaning kind={meaningOf(status)}>
          <span className="font-mono font-strong">{status}</span>
        </Meaning>
        <span className="text-grey-3">{words.inMilliseconds(milliseconds)}</span>
        {retryAfter !== null && <span className="text-grey-3">{words.retryAfter(retryAfter)}</span>}
      </p>
      <pre className="overflow-auto rounded bg-grey-1 p-4 text-12 leading-[1.125rem] break-words whitespace-pre-wrap">
        {readable(text)}
      </pre>
    </div>
  )
}

function meaningOf(status: number): MeaningKind {
  if (status < 400) return 'good'
  return status < 500 ? 'warn' : 'bad'
}

function readable(text: string): string {
  return isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text
}
