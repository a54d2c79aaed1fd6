import { unlockAddress } from '../../api/abuse.ts'
import { useMay } from '../../api/session.ts'
import { LineForm } from '../../components/line-form.tsx'
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
  const form = useForm({
    initial: { address: '' },
    rules: { address: (value) => (value.trim() === '' ? words.addressNeeded : null) },
    async submit({ address }) {
      await unlockAddress(projectId, address.trim())
      say(words.unlocked)
      form.setField('address', '')
    },
  })
  if (!mayUnlock) return null
  return (
    <Section title={words.unlock}>
      <p className="mb-4 max-w-[72ch] text-grey-3">{words.unlockSentence}</p>
      <LineForm
        form={form}
        field={{ label: words.address, ...form.fieldProps('address') }}
        verb={words.unlockVerb}
        className="max-w-[32rem]"
      />
    </Section>
  )
}
