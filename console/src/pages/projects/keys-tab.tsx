import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogueQuery } from '../../api/catalogue.ts'
import { type Key, keysQuery, type Project, projectPath } from '../../api/projects.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { CheckListField } from '../../components/check-list-field.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { Section } from '../../components/page.tsx'
import { SecretOnce } from '../../components/secret-once.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { KeyList } from './key-list.tsx'
import { words as projectWords } from './words.ts'

type Made = { name: string; apiKey: string }

/** The keys of a project: who has which, and the way to make and revoke them. */
export function KeysTab({ project, mayChange }: { project: Project; mayChange: boolean }) {
  const words = useWords(projectWords)
  const [made, setMade] = useState<Made | null>(null)
  const [revoked, setRevoked] = useState<Key | null>(null)
  const { data: keys, error, refetch } = useQuery(keysQuery(project.projectId))
  const revoke = useRevoke(project.projectId)

  if (made !== null)
    return (
      <SecretOnce
        title={words.madeKey(made.name)}
        sentence={words.keySentence}
        secret={made.apiKey}
        fileName={`${made.name.replace(/[^\p{L}\d]+/gu, '-')}.key.txt`}
        onDone={() => setMade(null)}
      />
    )
  return (
    <>
      <Section title={words.keys}>
        {keys === undefined ? (
          error === null ? (
            <Skeleton lines={3} />
          ) : (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <KeyList keys={keys} onRevoke={mayChange ? setRevoked : null} />
        )}
      </Section>
      {mayChange && (
        <Section title={words.newKey}>
          <NewKeyForm projectId={project.projectId} onMade={setMade} />
        </Section>
      )}
      {revoked !== null && (
        <ConfirmByName
          title={words.revokeTitle(revoked.name)}
          sentence={words.revokeWhat}
          name={revoked.name}
          verb={words.revoke}
          onConfirm={() => revoke(revoked)}
          onClose={() => setRevoked(null)}
        />
      )}
    </>
  )
}

function useRevoke(projectId: string) {
  const words = useWords(projectWords)
  const client = useQueryClient()
  const say = useToast()
  return async ({ keyId, name }: Key) => {
    await request(`${projectPath(projectId)}/keys/${keyId}`, { method: 'DELETE', body: {} })
    await client.invalidateQueries({ queryKey: ['projects', projectId, 'keys'] })
    say(words.revoked(name))
  }
}

function NewKeyForm({ projectId, onMade }: { projectId: string; onMade: (made: Made) => void }) {
  const words = useWords(projectWords)
  const client = useQueryClient()
  const { data: catalogue } = useQuery(catalogueQuery)
  const form = useForm({
    initial: { name: '', scopes: 'otp', expiresAt: '' },
    rules: {
      name: (value) => (value.trim() === '' ? words.keyNameNeeded : null),
      scopes: (value) => (value === '' ? words.scopeNeeded : null),
      expiresAt: (value) => (value === '' || new Date(value) > new Date() ? null : words.inThePast),
    },
    async submit({ name, scopes, expiresAt }) {
      const body = {
        name: name.trim(),
        scopes: scopes.split(','),
        expiresAt: expiresAt === '' ? null : new Date(expiresAt).toISOString(),
      }
      const { apiKey } = await request<{ apiKey: string }>(`${projectPath(projectId)}/keys`, {
        method: 'POST',
        body,
      })
      await client.invalidateQueries({ queryKey: ['projects', projectId, 'keys'] })
      onMade({ name: body.name, apiKey })
    },
  })
  const { mistake, ...scopes } = form.fieldProps('scopes')
  return (
    <form {...form.formProps} className="space-y-4">
      <TextField
        label={words.keyName}
        hint={words.keyNameHint}
        autoComplete="off"
        maxLength={100}
        {...form.fieldProps('name')}
      />
      <CheckListField
        label={words.scopes}
        mistake={mistake}
        name={scopes.name}
        value={scopes.value}
        onChange={scopes.onChange}
        options={(catalogue?.keyScopes ?? ['otp']).map((value) => ({
          value,
          label: words.scopeNames[value] ?? value,
        }))}
      />
      <TextField
        label={words.expires}
        hint={words.expiresHint}
        isOptional
        type="date"
        {...form.fieldProps('expiresAt')}
      />
      <FormEnd failure={form.failure}>
        <Button look="primary" type="submit" isBusy={form.isBusy}>
          {words.makeKey}
        </Button>
      </FormEnd>
    </form>
  )
}
