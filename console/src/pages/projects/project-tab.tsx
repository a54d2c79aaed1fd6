import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Project, projectPath } from '../../api/projects.ts'
import { request } from '../../api/request.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { TextField } from '../../components/field.tsx'
import { Time } from '../../components/figures.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Section } from '../../components/page.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { stateMeanings } from './state-meanings.ts'
import { readTokens, useTokensRule } from './tokens.ts'
import { words as projectWords } from './words.ts'

type ProjectTabProps = { project: Project; mayChange: boolean }

/** Name, quota and state of a project, and how it ends. */
export function ProjectTab({ project, mayChange }: ProjectTabProps) {
  const words = useWords(projectWords)
  return (
    <>
      <Section title={words.project}>
        <Facts project={project} />
      </Section>
      {mayChange && project.state !== 'deleted' && (
        <>
          <Section title={words.nameAndQuota}>
            <NameForm project={project} />
          </Section>
          <Section title={words.ending}>
            <Ending project={project} />
          </Section>
        </>
      )}
    </>
  )
}

function Facts({ project: { projectId, state, tokens, createdAt } }: { project: Project }) {
  const words = useWords(projectWords)
  const formats = useFormats()
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-2 text-14 [&_dt]:text-grey-3">
      <dt>{words.state}</dt>
      <dd>
        <Meaning kind={stateMeanings[state]}>{words.states[state]}</Meaning>
      </dd>
      <dt>{words.id}</dt>
      <dd className="-ml-1">
        <Copyable text={projectId} />
      </dd>
      <dt>{words.quota}</dt>
      <dd>
        {tokens.granted === null
          ? words.usedOfNoLimit(formats.number(tokens.used))
          : words.usedOf(formats.number(tokens.used), formats.number(tokens.granted))}
      </dd>
      <dt>{words.created}</dt>
      <dd>
        <Time at={createdAt} />
      </dd>
    </dl>
  )
}

function NameForm({ project: { projectId, name, tokens } }: { project: Project }) {
  const words = useWords(projectWords)
  const change = useChangeProject(projectId)
  const tokensRule = useTokensRule()
  const form = useForm({
    initial: { name, tokens: tokens.granted === null ? '' : String(tokens.granted) },
    rules: { name: (value) => (value.trim() === '' ? words.nameNeeded : null), tokens: tokensRule },
    submit: (fields) => change({ name: fields.name.trim(), tokens: readTokens(fields.tokens) }),
  })
  return (
    <form {...form.formProps} className="space-y-4">
      <TextField label={words.name} hint={words.nameHint} autoComplete="off" {...form.fieldProps('name')} />
      <TextField
        label={words.quota}
        hint={words.quotaHint}
        isOptional
        isCode
        inputMode="numeric"
        {...form.fieldProps('tokens')}
      />
      <FormEnd failure={form.failure}>
        <Button look="primary" type="submit" isBusy={form.isBusy}>
          {words.save}
        </Button>
      </FormEnd>
    </form>
  )
}

/** Changes a project, and says that it is done. */
function useChangeProject(projectId: string) {
  const words = useWords(projectWords)
  const client = useQueryClient()
  const say = useToast()
  return async (body: object) => {
    await request(projectPath(projectId), { method: 'PATCH', body })
    await client.invalidateQueries({ queryKey: ['projects'] })
    say(words.saved)
  }
}

/** Disabling, which can be undone, and then deleting, which cannot. */
function Ending({ project: { projectId, name, state } }: { project: Project }) {
  const words = useWords(projectWords)
  const client = useQueryClient()
  const change = useChangeProject(projectId)
  const mayDelete = useMay('own')
  const [asks, setAsks] = useState<'disable' | 'delete' | null>(null)
  const remove = async () => {
    await request(projectPath(projectId), { method: 'DELETE', body: {} })
    await client.invalidateQueries({ queryKey: ['projects'] })
  }
  return (
    <div className="space-y-4">
      {state === 'active' ? (
        <Step what={words.disableWhat}>
          <Button onClick={() => setAsks('disable')}>{words.disable}</Button>
        </Step>
      ) : (
        <Step what={words.enableWhat}>
          <Button onClick={() => void change({ isActive: true })}>{words.enable}</Button>
        </Step>
      )}
      {mayDelete && (
        <Step what={state === 'active' ? words.deleteFirst : words.deleteWhat}>
          <Button look="danger" disabled={state === 'active'} onClick={() => setAsks('delete')}>
            {words.delete}
          </Button>
        </Step>
      )}
      {asks === 'disable' && (
        <ConfirmByName
          title={words.disable}
          sentence={words.disableWhat}
          name={name}
          verb={words.disable}
          onConfirm={() => change({ isActive: false })}
          onClose={() => setAsks(null)}
        />
      )}
      {asks === 'delete' && (
        <ConfirmByName
          title={words.delete}
          sentence={words.deleteWhat}
          name={name}
          verb={words.delete}
          onConfirm={remove}
          onClose={() => setAsks(null)}
        />
      )}
    </div>
  )
}

const Step = ({ what, children }: { what: string; children: ReactNode }) => (
  <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-2">
    <p className="max-w-[52ch] text-14 text-grey-3">{what}</p>
    {children}
  </div>
)
