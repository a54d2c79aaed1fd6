import type { Address, Channel, PhoneNumber } from './address.ts'
import { type AddressList, hasDomain } from './address-list.ts'
import { describePhone, liesIn, type PhoneDestination } from './destination.ts'
import { withSharedPlan } from './numbering-plan.ts'
import type { ProjectSettings } from './project.ts'

/** Where a project sends, and which callers it serves. */
export type DestinationRules = Pick<ProjectSettings, 'region' | 'countries' | 'refuseDisposable'> & {
  allow: AddressList
  deny: AddressList
  disposableDomains: ReadonlySet<string>
}

/** Neither depends on stored data, so such a send is refused before any query (S6). */
export type DestinationRefusal = 'destination-refused' | 'caller-refused'

export type DestinationJudgement =
  | { ok: true; phone: PhoneDestination | null; isAllowedCaller: boolean }
  | { ok: false; refusal: DestinationRefusal }

/**
 * Judges where a send would go and who asks for it (S3). `allow` wins over `deny`, over the countries and over the
 * disposable domains, and only `allow` serves a special tariff. Nothing wins over a premium rate, because that may pay the
 * caller who asked for the message.
 */
export function judgeDestination(
  rules: DestinationRules,
  { channel, address, network }: { channel: Channel; address: Address; network: string | null },
): DestinationJudgement {
  const isAllowedCaller = network !== null && rules.allow.hasNetwork(network)
  if (network !== null && !isAllowedCaller && rules.deny.hasNetwork(network))
    return { ok: false, refusal: 'caller-refused' }

  const phone = channel === 'email' ? null : describePhone(address as PhoneNumber)
  const accepted: DestinationJudgement = { ok: true, phone, isAllowedCaller }
  const refused: DestinationJudgement = { ok: false, refusal: 'destination-refused' }
  if (phone?.tariff === 'premium') return refused
  if (rules.allow.hasAddress(address)) return accepted
  if (rules.deny.hasAddress(address)) return refused
  if (phone !== null) return phone.tariff === 'ordinary' && isServed(phone, rules) ? accepted : refused
  return isDisposable(address, rules) ? refused : accepted
}

/** A project without countries and region sends everywhere, as the documents' examples that send abroad require. */
function isServed(phone: PhoneDestination, { countries, region }: DestinationRules): boolean {
  if (countries === 'any') return true
  const served = countries ?? (region === null ? null : withSharedPlan(region))
  return served === null || liesIn(phone, served)
}

const isDisposable = (address: string, { refuseDisposable, disposableDomains }: DestinationRules): boolean =>
  refuseDisposable && hasDomain(disposableDomains, address.slice(address.lastIndexOf('@') + 1))
