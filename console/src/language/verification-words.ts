import type { MeaningKind } from '../components/meaning.tsx'
import type { Channel } from '../api/inbox.ts'
import type { Range } from '../api/overview.ts'
import type { CodeState, Outcome } from '../api/verifications.ts'
import { defineWords } from './words.ts'

type Named = 'channel' | 'country' | 'carrier' | 'outcome' | 'range' | 'all' | 'noCountry' | 'noCarrier'

type VerificationWords = Record<Named, string> & {
  channels: Record<Channel, string>
  outcomes: Record<Outcome, string>
  states: Record<CodeState, string>
  ranges: Record<Range, string>
}

/** What several pages call the parts of a verification. */
export const verificationWords = defineWords<VerificationWords>({
  en: {
    channel: 'Channel',
    country: 'Country',
    carrier: 'Carrier',
    outcome: 'Outcome',
    range: 'Time',
    all: 'All',
    noCountry: 'No country',
    noCarrier: 'No carrier',
    channels: { email: 'E-mail', sms: 'SMS', whatsapp: 'WhatsApp', voice: 'Voice call' },
    outcomes: {
      verified: 'Verified',
      delivered: 'Delivered',
      accepted: 'Accepted',
      undelivered: 'Not delivered',
      failed: 'Failed',
      waiting: 'Waiting',
      none: 'Nothing sent',
    },
    states: { live: 'Live', used: 'Spent', locked: 'Locked', replaced: 'Replaced', expired: 'Expired' },
    ranges: { hour: 'Last hour', day: 'Last 24 hours', week: 'Last 7 days', month: 'Last 30 days' },
  },
  fr: {
    channel: 'Canal',
    country: 'Pays',
    carrier: 'Opérateur d’envoi',
    outcome: 'Résultat',
    range: 'Période',
    all: 'Tous',
    noCountry: 'Sans pays',
    noCarrier: 'Sans opérateur',
    channels: { email: 'E-mail', sms: 'SMS', whatsapp: 'WhatsApp', voice: 'Appel vocal' },
    outcomes: {
      verified: 'Vérifié',
      delivered: 'Remis',
      accepted: 'Accepté',
      undelivered: 'Non remis',
      failed: 'Échoué',
      waiting: 'En attente',
      none: 'Rien d’envoyé',
    },
    states: { live: 'Valable', used: 'Utilisé', locked: 'Bloqué', replaced: 'Remplacé', expired: 'Expiré' },
    ranges: { hour: 'Dernière heure', day: '24 heures', week: '7 jours', month: '30 jours' },
  },
})

/** What an outcome means for the one who waits for the code. */
export const outcomeMeanings: Record<Outcome, MeaningKind> = {
  verified: 'good',
  delivered: 'good',
  accepted: 'neutral',
  undelivered: 'bad',
  failed: 'bad',
  waiting: 'warn',
  none: 'neutral',
}
