import { unlockAddress } from '../../api/abuse.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/meaning.tsx'
import { Section } from '../../components/page.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { words as abuseWords } from './words.ts'

/** Ends the lock of an address, for an owner who has mistyped too often. */
export function UnlockForm({ projectId }: { projectId: string }) {
  const words = useWords(abuseWords)
  const say = useToast()
  const mayUnlock = useMay('change')
  const { fieldProps, formProps, failure, isBusy, setField } = useForm({
    initial: { address: '' },
    rules: { address: (value) => (value.trim() === '' ? words.addressNeeded : null) },
    async submit({ address }) {
      await unlockAddress(projectId, address.trim())
      say(words.unlocked)
      setField('address', '')
    },
  })
  if (!mayUnlock) return null
  return (
    <Section title={words.unlock}>
      <p className="mb-4 max-w-[72ch] text-grey-3">{words.unlockSentence}</p>
      <form {...formProps} className="max-w-[32rem]">
        <div className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <TextField
              label={words.address}
              autoComplete="off"
              spellCheck={false}
              {...fieldProps('address')}
            />
          </div>
          <Button type="submit" className="mt-6" isBusy={isBusy}>
            {words.unlockVerb}
          </Button>
        </div>
        {failure !== null && (
          <div className="mt-2">
            <Notice kind="bad">{failure.message}</Notice>
          </div>
        )}
      </form>
    </Section>
  )
}
