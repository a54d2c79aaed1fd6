import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { sessionQuery } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { TextField } from '../../components/field.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { useWords } from '../../language/language.tsx'
import { QrCode } from '../../qr/qr-code.tsx'
import { useAttempt } from './use-attempt.ts'
import { words as youWords } from './words.ts'

const path = 'admin/v1/session/totp'

type Begun = { secret: string; uri: string }

/** The authenticator app of the operator. */
export function Totp() {
  const words = useWords(youWords)
  const { data: session } = useQuery(sessionQuery)
  const { isBusy, attempt } = useAttempt()
  const [begun, setBegun] = useState<Begun | null>(null)
  const begin = async () => setBegun(await request<Begun>(path, { method: 'POST', body: {} }))
  const confirm = async (code: string) => {
    await request(`${path}/confirm`, { method: 'POST', body: { code } })
    setBegun(null)
  }
  if (begun !== null)
    return (
      <Confirmation
        begun={begun}
        isBusy={isBusy}
        onConfirm={(code) => void attempt(() => confirm(code))}
        onCancel={() => setBegun(null)}
      />
    )
  const isSetUp = session?.secondFactor.totp === true
  return (
    <div className="flex flex-wrap items-center gap-4">
      <p className="max-w-[60ch] text-14 text-grey-3">
        <Meaning kind={isSetUp ? 'good' : 'neutral'}>
          <span className="whitespace-normal">{isSetUp ? words.totpIsSet : words.totpWhat}</span>
        </Meaning>
      </p>
      {isSetUp ? (
        <Button
          icon="trash"
          isBusy={isBusy}
          onClick={() => void attempt(() => request(path, { method: 'DELETE', body: {} }))}
        >
          {words.removeTotp}
        </Button>
      ) : (
        <Button isBusy={isBusy} onClick={() => void attempt(begin)}>
          {words.setUpTotp}
        </Button>
      )}
    </div>
  )
}

type ConfirmationProps = {
  begun: Begun
  isBusy: boolean
  onConfirm: (code: string) => void
  onCancel: () => void
}

function Confirmation({ begun: { secret, uri }, isBusy, onConfirm, onCancel }: ConfirmationProps) {
  const words = useWords(youWords)
  const [code, setCode] = useState('')
  return (
    <div className="flex flex-wrap gap-8">
      <QrCode text={uri} label={words.qrLabel} />
      <form
        className="max-w-[24rem] space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm(code.trim())
        }}
      >
        <p className="text-14">{words.scan}</p>
        <p className="text-14">
          <span className="text-grey-3">{words.orType}</span>{' '}
          <Copyable text={secret.replace(/(.{4})(?=.)/g, '$1 ')} />
        </p>
        <TextField
          label={words.firstCode}
          name="code"
          value={code}
          onChange={setCode}
          isCode
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
        />
        <div className="flex gap-2">
          <Button onClick={onCancel}>{words.cancel}</Button>
          <Button look="primary" type="submit" isBusy={isBusy} disabled={!/^\d{6}$/.test(code.trim())}>
            {words.confirm}
          </Button>
        </div>
      </form>
    </div>
  )
}
