import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { failureOf } from '../../api/failure.ts'
import { request } from '../../api/request.ts'
import { useMay } from '../../api/session.ts'
import {
  type Draft,
  type Preview,
  previewQuery,
  type Text,
  type TextKey,
  textPath,
  textQuery,
} from '../../api/texts.ts'
import { Button } from '../../components/button.tsx'
import { TextAreaField, TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { useSettled } from '../../manners/use-settled.ts'
import { PreviewPane } from './preview-pane.tsx'
import { SendTest } from './send-test.tsx'
import { words as textWords } from './words.ts'

type TextEditorProps = { projectId: string; textKey: TextKey }

/** One text: what is written, and the message that it makes as one writes. */
export function TextEditor({ projectId, textKey }: TextEditorProps) {
  const { data: text, error, refetch } = useQuery(textQuery(projectId, textKey))
  if (text === undefined)
    return error === null ? <Skeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />
  // A text that was stored or removed is another text to begin with.
  return <Editor key={`${text.source} ${text.updatedAt}`} {...{ projectId, textKey, text }} />
}

function Editor({ projectId, textKey, text }: TextEditorProps & { text: Text }) {
  const words = useWords(textWords)
  const mayChange = useMay('change')
  const isMail = textKey.channel === 'email'
  const { form, restore } = useTextForm({ projectId, textKey, text })
  const [isAsked, setIsAsked] = useState(false)
  const draft = useDraft(form.fields, isMail)
  const preview = useQuery({
    ...previewQuery(projectId, textKey, draft),
    placeholderData: keepPreviousData,
  })
  const shown = useLastGood(preview.data)
  const broken = preview.error === null ? null : failureOf(preview.error)
  const { mistake, ...body } = form.fieldProps('body')

  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_26rem]">
      <div className="min-w-0">
        <form {...form.formProps}>
          <p className="mb-4 text-14 text-grey-3">
            <Meaning kind={text.source === 'built-in' ? 'neutral' : 'good'}>
              <span className="whitespace-normal">{words.sources[text.source]}</span>
            </Meaning>
          </p>
          <fieldset disabled={!mayChange} className="space-y-4">
            <legend className="sr-only">{words.text}</legend>
            {isMail && (
              <TextField
                label={words.subject}
                {...form.fieldProps('subject')}
                dir="auto"
                autoComplete="off"
                lang={textKey.locale}
              />
            )}
            <TextAreaField
              label={words.body}
              hint={isMail ? words.mailHint : words.bodyHint}
              {...body}
              mistake={mistake ?? (broken?.kind === 'invalid' ? broken.message : null)}
              isCode
              rows={isMail ? 14 : 6}
              dir="auto"
              lang={textKey.locale}
            />
          </fieldset>
          {mayChange && (
            <FormEnd failure={form.failure}>
              {text.source === 'own' && (
                <Button onClick={() => setIsAsked(true)} disabled={isAsked}>
                  {words.restore}
                </Button>
              )}
              <Button look="primary" type="submit" isBusy={form.isBusy}>
                {words.save}
              </Button>
            </FormEnd>
          )}
        </form>
        {isAsked && <Restore onRestore={restore} onCancel={() => setIsAsked(false)} />}
        {mayChange && <SendTest {...{ projectId, textKey }} isStored={form.fields.body === text.body} />}
      </div>
      <PreviewPane {...{ textKey }} preview={shown} isStale={preview.isPlaceholderData || broken !== null} />
    </div>
  )
}

/** The last message that there was: a broken draft makes none. */
function useLastGood(preview: Preview | undefined): Preview | undefined {
  const [last, setLast] = useState(preview)
  if (preview !== undefined && preview !== last) setLast(preview)
  return preview ?? last
}

/** The draft that is previewed: what was written, a moment after it was. */
function useDraft({ subject, body }: { subject: string; body: string }, isMail: boolean): Draft {
  const draft = useMemo(() => ({ subject: isMail ? subject : null, body }), [subject, body, isMail])
  return useSettled(draft)
}

function useTextForm({ projectId, textKey, text }: TextEditorProps & { text: Text }) {
  const words = useWords(textWords)
  const client = useQueryClient()
  const say = useToast()
  const isMail = textKey.channel === 'email'
  const refresh = () => client.invalidateQueries({ queryKey: ['projects', projectId, 'texts'] })
  const form = useForm({
    initial: { subject: text.subject ?? '', body: text.body },
    rules: {
      body: (value) => (value.trim() === '' ? words.bodyNeeded : null),
      ...(isMail ? { subject: (value: string) => (value.trim() === '' ? words.subjectNeeded : null) } : {}),
    },
    async submit({ subject, body }) {
      await request(textPath(projectId, textKey), {
        method: 'PUT',
        body: isMail ? { subject, body } : { body },
      })
      await refresh()
      say(words.saved)
    },
  })
  const restore = async () => {
    await request(textPath(projectId, textKey), { method: 'DELETE', body: {} })
    await refresh()
    say(words.restored)
  }
  return { form, restore }
}

function Restore({ onRestore, onCancel }: { onRestore: () => Promise<void>; onCancel: () => void }) {
  const words = useWords(textWords)
  const [isBusy, setIsBusy] = useState(false)
  const restore = async () => {
    setIsBusy(true)
    await onRestore().finally(() => setIsBusy(false))
  }
  return (
    <section aria-label={words.restore} className="mt-4 rounded bg-grey-1 px-4 py-3">
      <p className="text-14">{words.restoreWhat}</p>
      <div className="mt-3 flex flex-wrap justify-end gap-2">
        <Button size="small" onClick={onCancel}>
          {words.cancel}
        </Button>
        <Button size="small" look="danger" isBusy={isBusy} onClick={() => void restore()}>
          {words.restore}
        </Button>
      </div>
    </section>
  )
}
