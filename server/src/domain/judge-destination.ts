import type { Address, Channel, PhoneNumber } from './address.ts'
import { type AddressList, hasDomain } from './address-list.ts'
import { describePhone, liesIn, type PhoneDestination } from './destination.ts'
import { withSharedPlan } from './numbering-plan.ts'
import type { ProjectSettings } from './project.ts'

/** What a project says of where it sends, and to whom it listens. */
export type DestinationRules = Pick<ProjectSettings, 'region' | 'countries' | 'refuseDisposable'> & {
  allow: AddressList
  deny: AddressList
  disposableDomains: ReadonlySet<string>
}

/** Neither depends on anything stored: such a send is refused before the database is asked (S6). */
export type DestinationRefusal = 'destination-refused' | 'caller-refused'

export type DestinationJudgement =
  | { ok: true; phone: PhoneDestination | null; isAllowedCaller: boolean }
  | { ok: false; refusal: DestinationRefusal }

/**
 * Judges where a send would go and who asks for it (S3). What is allowed wins over what is denied, over the countries
 * and over the disposable domains; nothing wins over a premium rate, which pays whoever asked for the message.
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
  if (phone?.isPremiumRate) return refused
  if (rules.allow.hasAddress(address)) return accepted
  if (rules.deny.hasAddress(address)) return refused
  if (phone !== null) return isServed(phone, rules) ? accepted : refused
  return isDisposable(address, rules) ? refused : accepted
}

/** A project that names no country at all is bound to none: so documents that send abroad from such a project hold. */
function isServed(phone: PhoneDestination, { countries, region }: DestinationRules): boolean {
  if (countries === 'any') return true
  const served = countries ?? (region === null ? null : withSharedPlan(region))
  return served === null || liesIn(phone, served)
}

const isDisposable = (address: string, { refuseDisposable, disposableDomains }: DestinationRules): boolean =>
  refuseDisposable && hasDomain(disposableDomains, address.slice(address.lastIndexOf('@') + 1))
