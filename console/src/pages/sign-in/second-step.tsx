import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Failure } from '../../api/failure.ts'
import { request } from '../../api/request.ts'
import type { Session } from '../../api/session.ts'
import { signIn } from '../../api/sign-in.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/meaning.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { SignInFailure } from './sign-in-failure.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { words as signInWords } from './words.ts'

type SecondStepProps = { session: Session; onSession: (session: Session) => void; onEnd: () => void }

/** The second factor: a passkey, the authenticator app, or a recovery code, as far as the operator has set them up. */
export function SecondStep({ session: { secondFactor }, onSession, onEnd }: SecondStepProps) {
  const words = useWords(signInWords)
  const { passkeys, totp, recoveryCodes } = secondFactor
  const [usesRecovery, setUsesRecovery] = useState(!totp && passkeys === 0)
  const hasForm = totp || usesRecovery
  const startAgain = useMutation({
    mutationFn: () => request('admin/v1/session', { method: 'DELETE' }),
    // Without the session there is nothing left to end.
    onSettled: onEnd,
  })
  return (
    <SignInFrame title={words.secondTitle} sentence={words.second}>
      {passkeys > 0 && <PasskeyButton onSession={onSession} />}
      {passkeys > 0 && hasForm && <p className="my-4 text-center text-grey-3">{words.or}</p>}
      {hasForm && <FactorForm key={String(usesRecovery)} {...{ usesRecovery, onSession }} />}
      <div className="mt-4 flex flex-wrap justify-between gap-2">
        {recoveryCodes > 0 && !(usesRecovery && !totp) && (
          <Button look="quiet" size="small" className="-ml-3" onClick={() => setUsesRecovery(!usesRecovery)}>
            {usesRecovery ? words.useTotp : words.useRecovery}
          </Button>
        )}
        <Button
          look="quiet"
          size="small"
          className="-mr-3 ml-auto"
          isBusy={startAgain.isPending}
          onClick={() => startAgain.mutate()}
        >
          {words.startAgain}
        </Button>
      </div>
    </SignInFrame>
  )
}

function PasskeyButton({ onSession }: Pick<SecondStepProps, 'onSession'>) {
  const words = useWords(signInWords)
  const passkey = useMutation({ mutationFn: signIn.passkey, onSuccess: onSession })
  return (
    <>
      <Button look="primary" className="w-full" isBusy={passkey.isPending} onClick={() => passkey.mutate()}>
        {words.passkey}
      </Button>
      {/* The browser gives no reason that a reader could use. */}
      {passkey.error !== null && !(passkey.error instanceof Failure) && (
        <div className="mt-4">
          <Notice kind="bad">{words.passkeyFailed}</Notice>
        </div>
      )}
      {passkey.error instanceof Failure && <SignInFailure error={passkey.error} />}
    </>
  )
}

function FactorForm({
  usesRecovery,
  onSession,
}: { usesRecovery: boolean } & Pick<SecondStepProps, 'onSession'>) {
  const words = useWords(signInWords)
  const isTotp = (code: string) => /^\d{6}$/.test(code.replace(/\s/g, ''))
  const form = useForm({
    initial: { code: '' },
    rules: {
      code: (code) => {
        if (usesRecovery) return code.trim() === '' ? words.recoveryWrong : null
        return isTotp(code) ? null : words.totpWrong
      },
    },
    submit: async ({ code }) =>
      onSession(
        usesRecovery ? await signIn.recoveryCode(code.trim()) : await signIn.totp(code.replace(/\s/g, '')),
      ),
  })
  return (
    <form {...form.formProps}>
      <TextField
        {...form.fieldProps('code')}
        label={usesRecovery ? words.recovery : words.totp}
        isCode
        autoComplete={usesRecovery ? 'off' : 'one-time-code'}
        {...(usesRecovery ? {} : { inputMode: 'numeric' as const })}
        // The page is for nothing else.
        autoFocus
      />
      <Button type="submit" look="primary" className="mt-4 w-full" isBusy={form.isBusy}>
        {words.confirm}
      </Button>
      <SignInFailure error={form.failure} />
    </form>
  )
}
