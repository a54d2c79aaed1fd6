import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { sessionQuery } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { SecretOnce } from '../../components/secret-once.tsx'
import { useWords } from '../../language/language.tsx'
import { useAttempt } from './use-attempt.ts'
import { words as youWords } from './words.ts'

/** The codes that stand in for a lost factor, each once. */
export function RecoveryCodes() {
  const words = useWords(youWords)
  const { data: session } = useQuery(sessionQuery)
  const { isBusy, attempt } = useAttempt()
  const [codes, setCodes] = useState<string[] | null>(null)
  if (codes !== null)
    return (
      <SecretOnce
        title={words.recoveryCodes}
        sentence={words.recoveryKeep}
        secret={codes.join('\n')}
        fileName="recovery-codes.txt"
        onDone={() => setCodes(null)}
      />
    )
  const make = async () => {
    const answer = await request<{ recoveryCodes: string[] }>('admin/v1/session/recovery-codes', {
      method: 'POST',
      body: {},
    })
    setCodes(answer.recoveryCodes)
  }
  const { passkeys = 0, totp = false, recoveryCodes = 0 } = session?.secondFactor ?? {}
  const hasFactor = totp || passkeys > 0
  return (
    <div className="flex flex-wrap items-center gap-4">
      <p className="max-w-[60ch] text-14 text-grey-3">
        {hasFactor ? words.recoveryLeft(recoveryCodes) : words.recoveryNeedsFactor}
      </p>
      <Button disabled={!hasFactor} isBusy={isBusy} onClick={() => void attempt(make)}>
        {words.makeRecoveryCodes}
      </Button>
    </div>
  )
}
