import { useState } from 'react'
import { useMay } from '../../api/session.ts'
import { type Revealed, revealAddress } from '../../api/verifications.ts'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/meaning.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { words as verificationsWords } from './words.ts'

type RevealProps = { projectId: string; verificationId: string }

/** Shows the address in full, to those who may see it and say why. It is gone when the panel is closed. */
export function Reveal({ projectId, verificationId }: RevealProps) {
  const words = useWords(verificationsWords)
  const mayReveal = useMay('change')
  const [isAsking, setIsAsking] = useState(false)
  const [revealed, setRevealed] = useState<Revealed | null>(null)
  if (revealed !== null) return <Addresses of={revealed} />
  if (!mayReveal) return <p className="mt-4 text-12 text-grey-3">{words.viewerHint}</p>
  if (isAsking) return <Reason {...{ projectId, verificationId }} onRevealed={setRevealed} />
  return (
    <Button className="mt-4" onClick={() => setIsAsking(true)}>
      {words.reveal}
    </Button>
  )
}

function Reason({
  projectId,
  verificationId,
  onRevealed,
}: RevealProps & { onRevealed: (revealed: Revealed) => void }) {
  const words = useWords(verificationsWords)
  const { fieldProps, formProps, failure, isBusy } = useForm({
    initial: { reason: '' },
    rules: {
      reason: (value) => (value.trim().length < 10 || value.trim().length > 500 ? words.reasonShort : null),
    },
    submit: async ({ reason }) => onRevealed(await revealAddress(projectId, verificationId, reason.trim())),
  })
  return (
    <form {...formProps} className="mt-4 max-w-[32rem] space-y-3">
      <TextField
        label={words.reason}
        hint={words.revealHint}
        autoComplete="off"
        autoFocus
        {...fieldProps('reason')}
      />
      {failure !== null && <Notice kind="bad">{failure.message}</Notice>}
      <Button type="submit" look="primary" isBusy={isBusy}>
        {words.reveal}
      </Button>
    </form>
  )
}

function Addresses({ of: { address, target, secondAddress } }: { of: Revealed }) {
  const words = useWords(verificationsWords)
  const shown = [
    [words.revealed, address],
    [words.written, target === address ? null : target],
    [words.second, secondAddress],
  ] as const
  return (
    <dl
      aria-live="polite"
      className="mt-4 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1 rounded bg-grey-1 px-4 py-3 [&_dt]:text-grey-3"
    >
      {shown.map(
        ([label, text]) =>
          text !== null && (
            <div key={label} className="contents">
              <dt>{label}</dt>
              <dd>
                <Copyable text={text} />
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}
