import type { Webhook } from '../../api/webhooks.ts'
import type { MeaningKind } from '../../components/meaning.tsx'

export type Condition = 'disabled' | 'failing' | 'enabled'

/** How a webhook is, at a glance. */
export function conditionOf({ isEnabled, failingSince, disabledReason }: Webhook): {
  condition: Condition
  meaning: MeaningKind
} {
  if (!isEnabled) return { condition: 'disabled', meaning: disabledReason === null ? 'neutral' : 'bad' }
  return failingSince === null
    ? { condition: 'enabled', meaning: 'good' }
    : { condition: 'failing', meaning: 'warn' }
}
