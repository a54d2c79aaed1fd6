import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { carrierQuery } from '../../api/carriers.ts'
import { type CarrierKind, catalogueQuery } from '../../api/catalogue.ts'
import { SelectField } from '../../components/field.tsx'
import { useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { CarrierForm } from './carrier-form.tsx'
import { Steps } from './steps.tsx'
import { words as carrierWords } from './words.ts'

/** Adds a carrier: first its kind, then what that kind asks for. */
export function NewCarrierPanel() {
  const words = useWords(carrierWords)
  const go = useGo()
  const [chosen, choose] = useQueryText('kind')
  const { data: catalogue, error, refetch } = useQuery(catalogueQuery)
  const kinds = catalogue?.carrierKinds ?? []
  const kind = kinds.find((known) => known.kind === chosen)
  return (
    <SidePanel title={words.add} sentence={words.addSentence} onClose={() => go('/carriers', {})}>
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : catalogue === undefined ? (
        <Skeleton />
      ) : (
        <>
          <KindField {...{ kinds, chosen, choose }} />
          {kind !== undefined && (
            <>
              <Setup kind={kind} />
              <CarrierForm key={kind.kind} kind={kind} carrier={null} />
            </>
          )}
        </>
      )}
    </SidePanel>
  )
}

type KindFieldProps = { kinds: readonly CarrierKind[]; chosen: string; choose: (kind: string) => void }

function KindField({ kinds, chosen, choose }: KindFieldProps) {
  const words = useWords(carrierWords)
  const channels = useWords(channelNames)
  const options = kinds.map(({ kind, title, channels: served }) => ({
    value: kind,
    label: `${title} · ${served.map((channel) => channels[channel]).join(', ')}`,
  }))
  return (
    <div className="mb-6">
      <SelectField
        label={words.kind}
        name="kind"
        hint={words.kindHint}
        value={chosen}
        onChange={choose}
        options={[{ value: '', label: words.chooseKind }, ...options]}
      />
    </div>
  )
}

function Setup({ kind: { title, setup, source } }: { kind: CarrierKind }) {
  const words = useWords(carrierWords)
  if (setup.length === 0) return null
  return (
    <section aria-label={words.before(title)} className="mb-6 rounded bg-grey-1 px-4 py-3">
      <h3 className="mb-2 text-14 font-strong">{words.before(title)}</h3>
      <Steps steps={setup} />
      {source !== null && (
        <p className="mt-2 text-14">
          <a href={source} className="text-accent underline">
            {words.provider(title)}
          </a>
        </p>
      )}
    </section>
  )
}

/** Changes the settings of a stored carrier. */
export function ChangeCarrierPanel() {
  const words = useWords(carrierWords)
  const go = useGo()
  const { name = '' }: { name?: string } = useParams({ strict: false })
  const { data: catalogue } = useQuery(catalogueQuery)
  const { data: carrier, error, refetch } = useQuery(carrierQuery(name))
  const kind = catalogue?.carrierKinds.find((known) => known.kind === carrier?.kind)
  return (
    <SidePanel
      title={words.changeTitle(name)}
      sentence={words.changeSentence}
      onClose={() => go(`/carriers/${encodeURIComponent(name)}`, 'kept')}
    >
      {carrier !== undefined && kind !== undefined ? (
        <CarrierForm kind={kind} carrier={carrier} />
      ) : error === null ? (
        <Skeleton />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </SidePanel>
  )
}
