import { Page, Section } from '../../components/page.tsx'
import { WithProject } from '../../components/with-project.tsx'
import { useWords } from '../../language/language.tsx'
import { AddressList } from './address-list.tsx'
import { CapsHit } from './caps-hit.tsx'
import { StoppedPrefixes } from './stopped-prefixes.tsx'
import { UnlockForm } from './unlock-form.tsx'
import { words as abuseWords } from './words.ts'

/** Who abuses the project, and what can be done about it. */
export function AbusePage() {
  const words = useWords(abuseWords)
  return (
    <Page title={words.title} sentence={words.sentence}>
      <WithProject>
        {({ projectId }) => (
          <div key={projectId}>
            <Section title={words.prefixes}>
              <StoppedPrefixes projectId={projectId} />
            </Section>
            <Section title={words.caps}>
              <CapsHit projectId={projectId} />
            </Section>
            <div className="mt-8 grid gap-x-12 gap-y-8 lg:grid-cols-2">
              <AddressList
                name="deny"
                title={words.denyList}
                sentence={words.denySentence}
                projectId={projectId}
              />
              <AddressList
                name="allow"
                title={words.allowList}
                sentence={words.allowSentence}
                projectId={projectId}
              />
            </div>
            <UnlockForm projectId={projectId} />
          </div>
        )}
      </WithProject>
    </Page>
  )
}
