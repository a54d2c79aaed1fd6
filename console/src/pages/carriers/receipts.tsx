import { useQuery } from '@tanstack/react-query'
import type { Carrier } from '../../api/carriers.ts'
import { catalogueQuery } from '../../api/catalogue.ts'
import { Copyable } from '../../components/copy-button.tsx'
import { Section } from '../../components/page.tsx'
import { useWords } from '../../language/language.tsx'
import { Steps } from './steps.tsx'
import { words as carrierWords } from './words.ts'

/** Where the provider's reports come in, and what to do there for them. */
export function Receipts({ carrier: { kind, receiptUrl, verifyToken } }: { carrier: Carrier }) {
  const words = useWords(carrierWords)
  const { data: catalogue } = useQuery(catalogueQuery)
  const steps = catalogue?.carrierKinds.find((known) => known.kind === kind)?.receiptSetup ?? []
  if (receiptUrl === null && steps.length === 0) return null
  return (
    <Section title={words.reports}>
      <Steps steps={steps} />
      {receiptUrl !== null && (
        <dl className="mt-3 space-y-2 text-14 [&_dt]:text-grey-3">
          <dt>{words.receiptUrl}</dt>
          <dd className="-ml-1">
            <Copyable text={receiptUrl} />
          </dd>
          {verifyToken !== null && (
            <>
              <dt>{words.verifyToken}</dt>
              <dd className="-ml-1">
                <Copyable text={verifyToken} />
              </dd>
            </>
          )}
        </dl>
      )}
    </Section>
  )
}
