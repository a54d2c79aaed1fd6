import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { isDevelopment } from '../../api/mode.ts'
import type { Session } from '../../api/session.ts'
import { type SignInWays, signIn } from '../../api/sign-in.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { SignInFailure } from './sign-in-failure.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { words as signInWords } from './words.ts'

type CodeSignInProps = { ways: SignInWays; notice: string | null; onSession: (session: Session) => void }
type Sent = { email: string; digits: number }

/** First the address, then the code that was sent to it. */
export function CodeSignIn({ ways, notice, onSession }: CodeSignInProps) {
  const [sent, setSent] = useState<Sent | null>(null)
  return sent === null ? (
    <AddressStep ways={ways} notice={notice} onSent={setSent} />
  ) : (
    <CodeStep sent={sent} onSession={onSession} onOther={() => setSent(null)} />
  )
}

function AddressStep({
  ways,
  notice,
  onSent,
}: Omit<CodeSignInProps, 'onSession'> & { onSent: (sent: Sent) => void }) {
  const words = useWords(signInWords)
  const form = useForm({
    initial: { email: '' },
    rules: { email: (email) => (/^\S+@\S+\.\S+$/.test(email.trim()) ? null : words.emailWrong) },
    submit: async ({ email }) => {
      const { digits } = await signIn.sendCode(email.trim())
      onSent({ email: email.trim(), digits })
    },
  })
  const { code: hasCode, openId } = ways
  return (
    <SignInFrame title={words.title} sentence={hasCode ? words.byCode : words.noMail} notice={notice}>
      {openId !== null && (
        <a href={openId.url} className={`${buttonClass(hasCode ? 'plain' : 'primary')} w-full`}>
          {words.withProvider(openId.name)}
        </a>
      )}
      {openId !== null && hasCode && <p className="my-4 text-center text-grey-3">{words.or}</p>}
      {hasCode && (
        <form {...form.formProps}>
          <TextField
            {...form.fieldProps('email')}
            label={words.email}
            type="email"
            autoComplete="email"
            // The page is for nothing else.
            autoFocus
          />
          <Button type="submit" look="primary" className="mt-4 w-full" isBusy={form.isBusy}>
            {words.sendCode}
          </Button>
          <SignInFailure error={form.failure} />
        </form>
      )}
    </SignInFrame>
  )
}

type CodeStepProps = { sent: Sent; onSession: (session: Session) => void; onOther: () => void }

function CodeStep({ sent: { email, digits }, onSession, onOther }: CodeStepProps) {
  const words = useWords(signInWords)
  const again = useMutation({ mutationFn: () => signIn.sendCode(email) })
  const isCode = (code: string) => code.replace(/\s/g, '').length === digits
  const form = useForm({
    initial: { code: '' },
    rules: { code: (code) => (isCode(code) ? null : words.codeWrong(digits)) },
    submit: async ({ code }) => onSession(await signIn.verify(email, code.replace(/\s/g, ''))),
  })
  return (
    <SignInFrame title={words.title} sentence={words.codeSent(email)}>
      <form {...form.formProps}>
        <TextField
          {...form.fieldProps('code')}
          label={words.code}
          isCode
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={digits + 4}
          // The page is for nothing else.
          autoFocus
          {...(isDevelopment ? { hint: <InboxHint email={email} /> } : {})}
        />
        <Button type="submit" look="primary" className="mt-4 w-full" isBusy={form.isBusy}>
          {words.signIn}
        </Button>
        <SignInFailure error={form.failure ?? again.error} />
        <div className="mt-4 flex flex-wrap justify-between gap-2">
          <Button look="quiet" size="small" className="-ml-3" onClick={onOther}>
            {words.otherAddress}
          </Button>
          <Button
            look="quiet"
            size="small"
            className="-mr-3"
            isBusy={again.isPending}
            onClick={() => again.mutate()}
          >
            {again.isSuccess ? words.sentAgain : words.sendAgain}
          </Button>
        </div>
      </form>
    </SignInFrame>
  )
}

const InboxHint = ({ email }: { email: string }) => (
  <PathLink path="/inbox" query={{ to: email }} className="text-accent underline">
    {useWords(signInWords).openInbox}
  </PathLink>
)
