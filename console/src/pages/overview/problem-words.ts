import type { Problem } from '../../api/live-state.ts'
import type { MeaningKind } from '../../components/meaning.tsx'
import type { Language } from '../../language/words.ts'

type Told = { sentence: string; remedy: string }
type Tell = (about: Problem['about']) => Told

/** What is wrong, in the language of the reader. The server's own words are English, and also cover what is new there. */
export const tellProblem = (problem: Problem, language: Language): Told =>
  (language === 'fr' ? french[problem.kind]?.(problem.about) : undefined) ?? problem

/** Whether codes fail because of it. */
export const meaningOf = ({ kind }: Problem): MeaningKind => (urgent.has(kind) ? 'bad' : 'warn')

const urgent = new Set([
  'breaker-open',
  'messages-waiting',
  'tokens-exhausted',
  'node-lost',
  'webhook-disabled',
])

const to = (country: unknown) => (country === null ? '' : ` vers ${country}`)
const percent = (rate: unknown) => `${Math.round(Number(rate) * 100)} %`

const french: Record<string, Tell> = {
  'breaker-open': ({ carrier, channel, country }) => ({
    sentence: `${carrier} ne prend pas de messages par ${channel}${to(country)}.`,
    remedy: `Les autres opérateurs de la route les prennent entre-temps. Consultez la page d’état de ${carrier}, ou placez-en un autre en premier.`,
  }),
  'carrier-demoted': ({ carrier, channel, country, successRate, expectedRate }) => ({
    sentence: `Seuls ${percent(successRate)} des messages de ${carrier} par ${channel}${to(country)} arrivent, au lieu de ${percent(expectedRate)}.`,
    remedy: `Il passe après les autres. Demandez à ${carrier} ce qui a changé, ou retirez-le de la route.`,
  }),
  'messages-waiting': ({ count, oldestSeconds }) => ({
    sentence: `${count} message(s) attendent un opérateur, le plus ancien depuis ${oldestSeconds} s.`,
    remedy: 'Regardez si un opérateur refuse ou répond lentement, et s’il y a assez de nœuds.',
  }),
  'prefix-stopped': ({ prefix, reason, sends, verified }) => ({
    sentence:
      reason === 'surge'
        ? `Les envois vers ${prefix} sont arrêtés : ${sends} en une heure, bien plus que la semaine précédente.`
        : `Les envois vers ${prefix} sont arrêtés : sur ${sends} codes en une heure, ${verified} ont été vérifiés.`,
    remedy:
      'Quelqu’un gagne peut-être de l’argent avec vos messages. Libérez le préfixe si ce sont vos utilisateurs ; sinon laissez-le, ou interdisez-le.',
  }),
  'tokens-exhausted': ({ granted }) => ({
    sentence: `Les ${granted} jetons sont utilisés : chaque envoi est refusé.`,
    remedy: 'Accordez d’autres jetons au projet.',
  }),
  'tokens-low': ({ granted, used }) => ({
    sentence: `Il reste ${Number(granted) - Number(used)} jetons sur ${granted}.`,
    remedy: 'Accordez d’autres jetons au projet.',
  }),
  'webhook-failing': ({ webhookId }) => ({
    sentence: `Le webhook ${webhookId} ne prend pas ses événements.`,
    remedy: 'Ses livraisons montrent ce qu’il répond. Elles sont tentées pendant trois jours.',
  }),
  'webhook-disabled': ({ webhookId, disabledReason }) => ({
    sentence: `Le webhook ${webhookId} a été désactivé : ${disabledReason}.`,
    remedy: 'Réparez son destinataire, réactivez-le, puis renvoyez ce qu’il a manqué.',
  }),
  'webhooks-waiting': ({ count, oldestSeconds }) => ({
    sentence: `${count} événement(s) attendent des webhooks, le plus ancien depuis ${Math.round(Number(oldestSeconds) / 60)} min.`,
    remedy: 'Cherchez un webhook qui échoue. Les autres n’attendent pas après lui.',
  }),
  'node-lost': ({ host }) => ({
    sentence: `Le nœud de ${host} ne dit plus rien, sans avoir annoncé sa fin.`,
    remedy:
      'Ses messages ont été repris. Regardez si sa machine et son accès à la base vont bien, puis relancez-le.',
  }),
  'versions-differ': ({ versions }) => ({
    sentence: `Des nœuds de versions différentes fonctionnent : ${versions}.`,
    remedy: 'Terminez la mise à jour des autres.',
  }),
}
