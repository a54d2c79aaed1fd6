import type { FailureKind } from '../api/failure.ts'
import { defineWords } from '../language/words.ts'
import type { IconName } from './icon.tsx'

type Told = { message: string; retryAfterSeconds: number | null }
type Words = Record<
  FailureKind,
  { icon: IconName; title: string; what: string | ((told: Told) => string) }
> & { reference: string }

/** What a reader is told of each failure. */
export const stateWords = defineWords<Words>({
  en: {
    reference: 'Reference',
    offline: {
      icon: 'offline',
      title: 'The server does not answer',
      what: 'Check that it runs and that this browser has a network. This page tries again when it does.',
    },
    'signed-out': {
      icon: 'person',
      title: 'You are not signed in',
      what: 'Sign in, and you come back to this page.',
    },
    forbidden: {
      icon: 'person',
      title: 'Your role does not allow this',
      what: ({ message }) => `${message}. An owner of this server can change your role.`,
    },
    missing: {
      icon: 'search',
      title: 'There is nothing here',
      what: ({ message }) => `${message}. It may have been removed, or you may not see its project.`,
    },
    conflict: { icon: 'abuse', title: 'Something changed meanwhile', what: ({ message }) => `${message}.` },
    invalid: {
      icon: 'abuse',
      title: 'The server did not understand this',
      what: ({ message }) => `${message}.`,
    },
    'too-many': {
      icon: 'abuse',
      title: 'Too many requests',
      what: ({ retryAfterSeconds }) =>
        retryAfterSeconds === null
          ? 'Wait a moment, then try again.'
          : `Try again in ${retryAfterSeconds} seconds.`,
    },
    fault: {
      icon: 'abuse',
      title: 'Something broke on the server',
      what: 'Try again. If it stays, the log of the server says more under the reference.',
    },
  },
  fr: {
    reference: 'Référence',
    offline: {
      icon: 'offline',
      title: 'Le serveur ne répond pas',
      what: 'Vérifiez qu’il fonctionne et que ce navigateur a un réseau. Cette page réessaie dès qu’il revient.',
    },
    'signed-out': {
      icon: 'person',
      title: 'Vous n’êtes pas connecté',
      what: 'Connectez-vous, puis vous reviendrez à cette page.',
    },
    forbidden: {
      icon: 'person',
      title: 'Votre rôle ne le permet pas',
      what: ({ message }) => `${message}. Un propriétaire de ce serveur peut changer votre rôle.`,
    },
    missing: {
      icon: 'search',
      title: 'Il n’y a rien ici',
      what: ({ message }) =>
        `${message}. L’élément a peut-être été supprimé, ou son projet ne vous est pas ouvert.`,
    },
    conflict: {
      icon: 'abuse',
      title: 'Quelque chose a changé entre-temps',
      what: ({ message }) => `${message}.`,
    },
    invalid: { icon: 'abuse', title: 'Le serveur n’a pas compris', what: ({ message }) => `${message}.` },
    'too-many': {
      icon: 'abuse',
      title: 'Trop de requêtes',
      what: ({ retryAfterSeconds }) =>
        retryAfterSeconds === null
          ? 'Attendez un instant, puis réessayez.'
          : `Réessayez dans ${retryAfterSeconds} secondes.`,
    },
    fault: {
      icon: 'abuse',
      title: 'Une panne est survenue sur le serveur',
      what: 'Réessayez. Si elle persiste, le journal du serveur en dit plus sous la référence.',
    },
  },
})
