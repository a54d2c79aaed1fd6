import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import {
  type Invited,
  type ListedOperator,
  makeLink,
  operatorPath,
  operatorsQuery,
} from '../../api/operators.ts'
import { request } from '../../api/request.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Section } from '../../components/page.tsx'
import { useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { LinkOnce } from './link-once.tsx'
import { RoleFields, readProjects } from './operator-fields.tsx'
import { words as operatorWords } from './words.ts'

/** One operator: what they may do, and how they lose it. */
export function OperatorPanel() {
  const words = useWords(operatorWords)
  const go = useGo()
  const { operatorId = '' }: { operatorId?: string } = useParams({ strict: false })
  const { data: operators, error, refetch } = useQuery(operatorsQuery)
  const operator = operators?.find(({ id }) => id === operatorId)
  return (
    <SidePanel
      title={operator?.email ?? operatorId}
      sentence={operator?.name ?? operatorId}
      onClose={() => go('/operators')}
    >
      {operator !== undefined ? (
        <OperatorView operator={operator} />
      ) : operators !== undefined ? (
        <Empty icon="search" title={words.gone} />
      ) : error === null ? (
        <Skeleton />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </SidePanel>
  )
}

function OperatorView({ operator }: { operator: ListedOperator }) {
  const words = useWords(operatorWords)
  const mayChange = useMay('own')
  const [invited, setInvited] = useState<Invited | null>(null)
  if (invited !== null) return <LinkOnce invited={invited} onDone={() => setInvited(null)} />
  return (
    <>
      <Section title={words.rights}>
        <RightsForm operator={operator} mayChange={mayChange} />
      </Section>
      {mayChange && (
        <Section title={words.access}>
          <Access operator={operator} onLink={setInvited} />
        </Section>
      )}
    </>
  )
}

function RightsForm({ operator, mayChange }: { operator: ListedOperator; mayChange: boolean }) {
  const words = useWords(operatorWords)
  const client = useQueryClient()
  const say = useToast()
  const form = useForm({
    initial: {
      name: operator.name ?? '',
      role: operator.role as string,
      projects: operator.projects?.join(',') ?? '',
    },
    async submit({ name, role, projects }) {
      const body = {
        name: name.trim() === '' ? null : name.trim(),
        role,
        projects: readProjects(role, projects),
      }
      await request(operatorPath(operator.id), { method: 'PATCH', body })
      await client.invalidateQueries({ queryKey: ['operators'] })
      say(words.saved)
    },
  })
  return (
    <form {...form.formProps}>
      <fieldset disabled={!mayChange} className="space-y-4">
        <legend className="sr-only">{words.rights}</legend>
        <TextField label={words.name} isOptional autoComplete="off" {...form.fieldProps('name')} />
        <RoleFields role={form.fieldProps('role')} projects={form.fieldProps('projects')} />
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

type Asked = 'signOut' | 'resetFactors' | 'remove'

const endings: Record<Asked, string> = { signOut: '/sessions', resetFactors: '/second-factors', remove: '' }

type AccessProps = { operator: ListedOperator; onLink: (invited: Invited) => void }

/** A new link, and the three ways in which access ends. */
function Access({ operator, onLink }: AccessProps) {
  const words = useWords(operatorWords)
  const client = useQueryClient()
  const go = useGo()
  const say = useToast()
  const [asked, setAsked] = useState<Asked | null>(null)
  const link = () =>
    makeLink(operator.id)
      .then(onLink)
      .catch((error: Error) => say(error.message, 'bad'))
  const end = async (what: Asked) => {
    await request(operatorPath(operator.id) + endings[what], { method: 'DELETE', body: {} })
    if (what === 'remove') go('/operators')
    await client.invalidateQueries({ queryKey: ['operators'] })
    say(words.endings[what].done)
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => void link()}>{words.newLink}</Button>
      {(['signOut', 'resetFactors', 'remove'] as const).map((what) => (
        <Button key={what} onClick={() => setAsked(what)} {...(what === 'remove' ? { icon: 'trash' } : {})}>
          {words.endings[what].verb}
        </Button>
      ))}
      {asked !== null && (
        <ConfirmByName
          title={words.endings[asked].verb}
          sentence={words.endings[asked].what}
          name={operator.email}
          verb={words.endings[asked].verb}
          onConfirm={() => end(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  )
}
