import type { Invited } from '../../api/operators.ts'
import { SecretOnce } from '../../components/secret-once.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { words as operatorWords } from './words.ts'

/** The link by which an operator signs in the first time. */
export function LinkOnce({ invited, onDone }: { invited: Invited; onDone: () => void }) {
  const words = useWords(operatorWords)
  const formats = useFormats()
  const { operator, link, linkExpiresAt, isMailed } = invited
  const until = formats.moment(new Date(linkExpiresAt))
  return (
    <SecretOnce
      title={words.linkOf(operator.email)}
      sentence={isMailed ? words.linkMailed(until) : words.linkSentence(until)}
      secret={link}
      fileName={`${operator.id}.link.txt`}
      onDone={onDone}
    />
  )
}
