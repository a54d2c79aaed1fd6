import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { passkeysQuery } from '../../api/operators.ts'
import { makePasskey } from '../../api/passkeys.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Time } from '../../components/figures.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useWords } from '../../language/language.tsx'
import { useAttempt } from './use-attempt.ts'
import { words as youWords } from './words.ts'

const path = 'admin/v1/session/passkeys'

async function addPasskey(name: string): Promise<void> {
  const options = await request<PublicKeyCredentialCreationOptionsJSON>(`${path}/options`, {
    method: 'POST',
    body: {},
  })
  await request(path, { method: 'POST', body: { name, response: await makePasskey(options) } })
}

/** The passkeys of the operator, each on a device or in a password manager. */
export function Passkeys() {
  const words = useWords(youWords)
  const { data: passkeys, error, refetch } = useQuery(passkeysQuery)
  const { isBusy, attempt } = useAttempt()
  const [name, setName] = useState('')
  if (passkeys === undefined)
    return error === null ? (
      <Skeleton lines={2} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <>
      <p className="mb-3 max-w-[72ch] text-14 text-grey-3">{words.passkeysWhat}</p>
      <ul>
        {passkeys.map(({ passkeyId, name: given, createdAt, lastUsedAt }) => (
          <li
            key={passkeyId}
            className="flex flex-wrap items-center gap-4 border-t border-grey-2 py-3 text-14"
          >
            <span className="font-strong">{given}</span>
            <span className="flex-1 text-12 text-grey-3">
              {words.added} <Time at={createdAt} />
              {lastUsedAt !== null && (
                <>
                  {' · '}
                  {words.lastUsed} <Time at={lastUsedAt} />
                </>
              )}
            </span>
            <Button
              size="small"
              icon="trash"
              aria-label={words.removePasskey(given)}
              onClick={() =>
                void attempt(() => request(`${path}/${passkeyId}`, { method: 'DELETE', body: {} }))
              }
            >
              {words.remove}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="mt-3 flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          void attempt(() => addPasskey(name.trim() === '' ? words.thisDevice : name.trim()))
        }}
      >
        <div className="w-64 max-w-full">
          <TextField
            label={words.passkeyName}
            value={name}
            onChange={setName}
            placeholder={words.thisDevice}
          />
        </div>
        <Button type="submit" icon="plus" isBusy={isBusy}>
          {words.addPasskey}
        </Button>
      </form>
    </>
  )
}
