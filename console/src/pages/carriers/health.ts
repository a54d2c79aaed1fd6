import type { Carrier } from '../../api/carriers.ts'
import type { MeaningKind } from '../../components/meaning.tsx'

export type CarrierHealth = 'fault' | 'demoted' | 'serves'

/** How a carrier is, at a glance. */
export function healthOf({ fault, rates }: Carrier): { state: CarrierHealth; meaning: MeaningKind } {
  if (fault !== null) return { state: 'fault', meaning: 'bad' }
  if (rates.some(({ demotion }) => demotion !== null)) return { state: 'demoted', meaning: 'warn' }
  return { state: 'serves', meaning: 'good' }
}
