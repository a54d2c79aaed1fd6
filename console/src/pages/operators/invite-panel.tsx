import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Invited, inviteOperator } from '../../api/operators.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { LinkOnce } from './link-once.tsx'
import { RoleFields, readProjects } from './operator-fields.tsx'
import { words as operatorWords } from './words.ts'

/** Invites somebody to run the server. */
export function InvitePanel() {
  const words = useWords(operatorWords)
  const go = useGo()
  const [invited, setInvited] = useState<Invited | null>(null)
  const leave = () => go('/operators')
  return (
    <SidePanel title={words.invite} sentence={words.inviteSentence} onClose={leave}>
      {invited === null ? (
        <InviteForm onInvited={setInvited} onCancel={leave} />
      ) : (
        <LinkOnce invited={invited} onDone={leave} />
      )}
    </SidePanel>
  )
}

type FormProps = { onInvited: (invited: Invited) => void; onCancel: () => void }

function InviteForm({ onInvited, onCancel }: FormProps) {
  const words = useWords(operatorWords)
  const client = useQueryClient()
  const form = useForm({
    initial: { email: '', name: '', role: 'operator', projects: '' },
    rules: { email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : words.emailWrong) },
    async submit({ email, name, role, projects }) {
      const invited = await inviteOperator({
        email: email.trim(),
        ...(name.trim() === '' ? {} : { name: name.trim() }),
        role,
        projects: readProjects(role, projects),
      })
      await client.invalidateQueries({ queryKey: ['operators'] })
      onInvited(invited)
    },
  })
  return (
    <form {...form.formProps} className="space-y-4">
      <TextField label={words.email} type="email" autoComplete="off" {...form.fieldProps('email')} />
      <TextField label={words.name} isOptional autoComplete="off" {...form.fieldProps('name')} />
      <RoleFields role={form.fieldProps('role')} projects={form.fieldProps('projects')} />
      <FormEnd failure={form.failure}>
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button look="primary" type="submit" isBusy={form.isBusy}>
          {words.invite}
        </Button>
      </FormEnd>
    </form>
  )
}
