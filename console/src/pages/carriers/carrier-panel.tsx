import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Carrier, carrierPath, carrierQuery } from '../../api/carriers.ts'
import { catalogueQuery } from '../../api/catalogue.ts'
import { request } from '../../api/request.ts'
import { useMay } from '../../api/session.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { Actions } from '../../components/dialog.tsx'
import { Meaning, Notice } from '../../components/meaning.tsx'
import { Section } from '../../components/page.tsx'
import { PathLink, useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'
import { healthOf } from './health.ts'
import { RateTable } from './rate-table.tsx'
import { Receipts } from './receipts.tsx'
import { TestSend } from './test-send.tsx'
import { words as carrierWords } from './words.ts'

/** One carrier: does it work, where do its reports come in, what is set. */
export function CarrierPanel() {
  const go = useGo()
  const words = useWords(carrierWords)
  const { name = '' }: { name?: string } = useParams({ strict: false })
  const { data: carrier, error, refetch } = useQuery(carrierQuery(name))
  return (
    <SidePanel
      title={name}
      sentence={carrier === undefined ? words.carrier : `${carrier.kind} · ${words.sources[carrier.source]}`}
      onClose={() => go('/carriers', 'kept')}
    >
      {carrier !== undefined ? (
        <CarrierView carrier={carrier} />
      ) : error === null ? (
        <Skeleton />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </SidePanel>
  )
}

function CarrierView({ carrier }: { carrier: Carrier }) {
  const words = useWords(carrierWords)
  const channels = useWords(channelNames)
  const mayChange = useMay('own')
  const { state, meaning } = healthOf(carrier)
  return (
    <>
      <div className="mb-6 space-y-3 text-14">
        <p>
          <Meaning kind={meaning}>{words.healths[state]}</Meaning>
          {carrier.channels.length > 0 && (
            <span className="text-grey-3">
              {' · '}
              {carrier.channels.map((channel) => channels[channel]).join(', ')}
            </span>
          )}
        </p>
        {carrier.fault !== null && <Notice kind="bad">{carrier.fault}</Notice>}
      </div>
      {mayChange && carrier.channels.length > 0 && (
        <Section title={words.test}>
          <TestSend carrier={carrier} />
        </Section>
      )}
      <Section title={words.lastDay}>
        <RateTable rates={carrier.rates} />
      </Section>
      <Receipts carrier={carrier} />
      <Section title={words.settings}>
        {carrier.settings === null ? (
          <p className="text-14 text-grey-3">{words.settingsElsewhere[carrier.source]}</p>
        ) : (
          <SettingList settings={carrier.settings} />
        )}
        {mayChange && carrier.source === 'stored' && <Changes carrier={carrier} />}
      </Section>
    </>
  )
}

const SettingList = ({ settings }: { settings: Record<string, unknown> }) => (
  <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-2 text-14 [&_dt]:font-mono [&_dt]:text-grey-3">
    {Object.entries(settings).map(([name, value]) => (
      <div key={name} className="contents">
        <dt>{name}</dt>
        <dd className="font-mono break-all">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
      </div>
    ))}
  </dl>
)

function Changes({ carrier: { name, kind } }: { carrier: Carrier }) {
  const words = useWords(carrierWords)
  const go = useGo()
  const client = useQueryClient()
  const { data: catalogue } = useQuery(catalogueQuery)
  const [asks, setAsks] = useState(false)
  const isKnown = catalogue?.carrierKinds.some((known) => known.kind === kind) === true
  const remove = async () => {
    await request(carrierPath(name), { method: 'DELETE', body: {} })
    go('/carriers', 'kept')
    await client.invalidateQueries({ queryKey: ['carriers'] })
  }
  return (
    <Actions>
      <Button icon="trash" onClick={() => setAsks(true)}>
        {words.remove}
      </Button>
      {isKnown && (
        <PathLink path={`/carriers/${encodeURIComponent(name)}/change`} className={buttonClass()}>
          {words.change}
        </PathLink>
      )}
      {asks && (
        <ConfirmByName
          title={words.removeTitle(name)}
          sentence={words.removeWhat}
          name={name}
          verb={words.remove}
          onConfirm={remove}
          onClose={() => setAsks(false)}
        />
      )}
    </Actions>
  )
}
