import { Page, Section } from '../../components/page.tsx'
import { useWords } from '../../language/language.tsx'
import { OwnSessions } from './own-sessions.tsx'
import { Passkeys } from './passkeys.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { Totp } from './totp.tsx'
import { words as youWords } from './words.ts'

/** How the operator of this session signs in, and where. */
export function YouPage() {
  const words = useWords(youWords)
  return (
    <Page title={words.title} sentence={words.sentence}>
      <Section title={words.passkeys}>
        <Passkeys />
      </Section>
      <Section title={words.totp}>
        <Totp />
      </Section>
      <Section title={words.recoveryCodes}>
        <RecoveryCodes />
      </Section>
      <Section title={words.sessions}>
        <OwnSessions />
      </Section>
    </Page>
  )
}
