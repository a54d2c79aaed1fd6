import type { Channel } from '../../domain/address.ts'
import {
  type DeliveryRate,
  type Demotion,
  demotionHours,
  judgeDemotions,
  successRateOf,
} from '../../domain/demotion.ts'
import type { Issue } from '../../domain/issue.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type {
  CarrierKindNotes,
  CarrierSettings,
  CarrierStore,
  CarrierTools,
  CheckedCarrier,
  ConfiguredCarrier,
  ReportPlace,
  StoredCarrier,
} from '../ports/carriers.ts'
import type { ReceiptStore } from '../ports/receipts.ts'
import type { RouteStore } from '../ports/routes.ts'
import type { Sealer } from './sealing.ts'

/** A carrier as operators see it. `settings` are null if they are in the file or cannot be opened. */
export type ShownCarrier = ReportPlace & {
  name: string
  kind: string
  source: 'file' | 'stored' | 'environment'
  channels: readonly Channel[]
  settings: CarrierSettings | null
  updatedAt: Date | null
  /** Why it is not in use, or null. */
  fault: string | null
  /** The rates of the last day. `demotion`: why the carrier comes after the others, or null. */
  rates: (Omit<DeliveryRate, 'carrier'> & {
    successRate: number | null
    demotion: Pick<Demotion, 'successRate' | 'expectedRate'> | null
  })[]
}

type Refused<Refusal extends string> = { ok: false; refusal: Refusal }

export type ManageCarriers = {
  /** The kinds that a carrier can be of. */
  kinds(): CarrierKindNotes[]
  list(): Promise<ShownCarrier[]>
  show(name: string): Promise<ShownCarrier | null>
  set(
    name: string,
    carrier: { kind: unknown; settings: CarrierSettings },
  ): Promise<
    { ok: true; carrier: ShownCarrier } | (Refused<'broken'> & { issues: Issue[] }) | Refused<'in-file'>
  >
  remove(
    name: string,
  ): Promise<
    { ok: true } | Refused<'unknown'> | Refused<'in-file'> | (Refused<'in-use'> & { projects: ProjectId[] })
  >
}

export type ManageCarriersParts = {
  carriers: CarrierStore
  sealer: Sealer
  tools: CarrierTools
  /** The carriers of file and environment, which take precedence over stored ones of the same name. */
  configured: Readonly<Record<string, ConfiguredCarrier>>
  reportPlaceOf: (name: string, carrier: CheckedCarrier) => ReportPlace
  receipts: Pick<ReceiptStore, 'rates'>
  routes: Pick<RouteStore, 'listAll'>
}

const rateHours = 24

/** Makes the operations on carriers, for the admin API and the command line. */
export function createManageCarriers(parts: ManageCarriersParts): ManageCarriers {
  const { carriers, sealer, tools, configured, reportPlaceOf, receipts, routes } = parts

  /** The projects whose routes name the carrier for a channel that is not in `served`. */
  async function projectsWithout(name: string, served: readonly Channel[]): Promise<ProjectId[]> {
    const all = await routes.listAll()
    return all
      .filter(({ table }) =>
        (Object.keys(table) as Channel[]).some(
          (channel) =>
            !served.includes(channel) && (table[channel] ?? []).some(({ carrier }) => carrier === name),
        ),
      )
      .map(({ projectId }) => projectId)
  }

  async function list(): Promise<ShownCarrier[]> {
    const [stored, rates, latest] = await Promise.all([
      carriers.list(),
      receipts.rates({ hours: rateHours }),
      receipts.rates({ hours: demotionHours }),
    ])
    const demotions = judgeDemotions(latest)
    const ratesOf = (name: string) =>
      rates
        .filter(({ carrier }) => carrier === name)
        .map(({ carrier, ...rate }) => ({
          ...rate,
          successRate: successRateOf(rate),
          demotion: demotionOf(demotions, { carrier, ...rate }),
        }))
    const ofConfiguration = Object.entries(configured).map(
      ([name, carrier]): ShownCarrier => ({
        name,
        kind: carrier.kind,
        source: carrier.source,
        channels: carrier.channels,
        settings: null,
        ...reportPlaceOf(name, carrier),
        updatedAt: null,
        fault: null,
        rates: ratesOf(name),
      }),
    )
    const ofStore = stored.map((carrier) => ({
      ...showStored(carrier, { sealer, tools, isHidden: isConfigured(carrier.name) }),
      rates: ratesOf(carrier.name),
    }))
    return [...ofConfiguration, ...ofStore]
  }

  const isConfigured = (name: string): boolean => Object.hasOwn(configured, name)

  return {
    kinds: tools.kinds,
    list,
    show: async (name) => (await list()).find((carrier) => carrier.name === name) ?? null,

    async set(name, { kind, settings: given }) {
      if (isConfigured(name)) return { ok: false, refusal: 'in-file' }
      const read = tools.read({ name, kind, settings: given, isNew: true })
      if (!read.ok) return { ok: false, refusal: 'broken', issues: read.issues }
      const projects = await projectsWithout(name, read.channels)
      if (projects.length > 0) {
        const message = `does not serve what routes of ${projects.join(', ')} take it for.`
        return { ok: false, refusal: 'broken', issues: [{ path: `${name}.kind`, message }] }
      }
      const sealed = sealer.seal(new Secret(JSON.stringify(read.settings)), associatedDataOf(name, read.kind))
      await carriers.put({ name, kind: read.kind, sealed })
      const stored = { name, kind: read.kind, sealed, updatedAt: new Date() }
      return { ok: true, carrier: { ...showStored(stored, { sealer, tools, isHidden: false }), rates: [] } }
    },

    async remove(name) {
      // If the configuration has a carrier of the same name, that one serves the routes.
      const projects = isConfigured(name) ? [] : await projectsWithout(name, [])
      if (projects.length > 0) return { ok: false, refusal: 'in-use', projects }
      if (await carriers.remove(name)) return { ok: true }
      return isConfigured(name) ? { ok: false, refusal: 'in-file' } : { ok: false, refusal: 'unknown' }
    },
  }
}

function demotionOf(
  demotions: readonly Demotion[],
  { carrier, channel, country }: DeliveryRate,
): ShownCarrier['rates'][number]['demotion'] {
  const found = demotions.find(
    (demotion) =>
      demotion.carrier === carrier && demotion.channel === channel && demotion.country === country,
  )
  return found === undefined ? null : { successRate: found.successRate, expectedRate: found.expectedRate }
}

/** The settings of a stored carrier; null if they were sealed with a master secret that we no longer have. */
export function openSettings(
  { name, kind, sealed }: Pick<StoredCarrier, 'name' | 'kind' | 'sealed'>,
  sealer: Pick<Sealer, 'open'>,
): CarrierSettings | null {
  const opened = sealer.open(sealed, associatedDataOf(name, kind))
  return opened === null ? null : (JSON.parse(opened.reveal()) as CarrierSettings)
}

/** The settings of a carrier, resealed with the current master secret; null if nothing needs to change. */
export const resealed = ({ name, kind, sealed }: StoredCarrier, sealer: Sealer): Buffer | null =>
  sealer.reseal(sealed, associatedDataOf(name, kind))

export const goneKeyFault =
  'Its settings were sealed with a master secret that is gone: set it again, or bring WATCHWORD_SECRET_PREVIOUS back.'

export const hiddenFault = 'The configuration has a carrier of this name, which serves in its place.'

/** The associated data of sealed settings: a row that is copied to another name or kind cannot be opened. */
const associatedDataOf = (name: string, kind: string): string => `carrier/${name}/${kind}`

const noPlace: ReportPlace = { receiptUrl: null, verifyToken: null }

function showStored(
  stored: StoredCarrier,
  { sealer, tools, isHidden }: { sealer: Sealer; tools: CarrierTools; isHidden: boolean },
): Omit<ShownCarrier, 'rates'> {
  const { name, kind, updatedAt } = stored
  const about = { name, kind, source: 'stored', updatedAt } as const
  const settings = openSettings(stored, sealer)
  if (settings === null) return { ...about, ...noPlace, channels: [], settings: null, fault: goneKeyFault }
  const read = tools.read({ name, kind, settings })
  const issues = read.ok ? [] : read.issues
  return {
    ...about,
    channels: read.ok ? read.channels : [],
    settings: tools.mask(kind, settings),
    ...(read.ok ? { receiptUrl: read.receiptUrl, verifyToken: read.verifyToken } : noPlace),
    fault: isHidden ? hiddenFault : issues.length === 0 ? null : renderCarrierIssues(issues),
  }
}

/** Issues as one sentence. */
export const renderCarrierIssues = (issues: readonly Issue[]): string =>
  issues.map(({ path, message }) => `${path}: ${message}`).join(' ')
