import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { type Carrier, carriersQuery } from '../../api/carriers.ts'
import { useMay } from '../../api/session.ts'
import { buttonClass } from '../../components/button.tsx'
import { Share } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Page, Section } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty } from '../../components/states.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { WithProject } from '../../components/with-project.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'
import { healthOf } from './health.ts'
import { RouteList } from './route-list.tsx'
import { words as carrierWords } from './words.ts'

/** The carriers of the server, and which of them a project takes for what. */
export function CarriersPage() {
  const words = useWords(carrierWords)
  const query = useQuery(carriersQuery)
  const mayAdd = useMay('own')
  const add = mayAdd ? (
    <PathLink path="/carriers/new" className={buttonClass('primary')}>
      {words.add}
    </PathLink>
  ) : undefined
  return (
    <Page title={words.title} sentence={words.sentence} action={add}>
      <Section title={words.carriers}>
        <Table
          label={words.carriers}
          columns={useColumns()}
          rows={query.data}
          failure={query.data === undefined ? query.error : null}
          onRetry={() => void query.refetch()}
          keyOf={({ name, source }) => `${source} ${name}`}
          pathOf={({ name }) => `/carriers/${encodeURIComponent(name)}`}
          exportName="carriers"
          empty={
            <Empty icon="carriers" title={words.emptyTitle} action={add}>
              {words.empty}
            </Empty>
          }
        />
      </Section>
      <Section title={words.routes}>
        <p className="-mt-2 mb-4 max-w-[72ch] text-14 text-grey-3">{words.routesWhat}</p>
        <WithProject>
          {({ projectId, name }) => <RouteList key={projectId} {...{ projectId, name }} />}
        </WithProject>
      </Section>
      <Outlet />
    </Page>
  )
}

function useColumns(): Column<Carrier>[] {
  const words = useWords(carrierWords)
  const channels = useWords(channelNames)
  return [
    { id: 'name', head: words.name, value: ({ name }) => name },
    {
      id: 'health',
      head: words.health,
      value: (carrier) => words.healths[healthOf(carrier).state],
      cell: (carrier) => {
        const { state, meaning } = healthOf(carrier)
        return <Meaning kind={meaning}>{words.healths[state]}</Meaning>
      },
    },
    {
      id: 'rate',
      head: words.arrived,
      value: ({ rates }) => sum(rates.map(({ delivered }) => delivered)),
      cell: ({ rates }) => {
        const delivered = sum(rates.map((rate) => rate.delivered))
        const whole = delivered + sum(rates.map(({ lost }) => lost))
        return whole === 0 ? '–' : <Share part={delivered} whole={whole} />
      },
      isNumber: true,
    },
    {
      id: 'channels',
      head: words.channels,
      value: ({ channels: served }) => served.map((channel) => channels[channel]).join(', '),
      isSecondary: true,
    },
    { id: 'kind', head: words.kind, value: ({ kind }) => kind, isSecondary: true },
    { id: 'source', head: words.source, value: ({ source }) => words.sources[source], isSecondary: true },
  ]
}

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0)
