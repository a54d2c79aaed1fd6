import type { BuiltInTexts } from './texts.ts'

// ICU reads an apostrophe as a quote only before a brace, so French apostrophes need no escape. `short` avoids letters
// such as "ê" and "ç": they are not in GSM-7, and words without their accents read worse.
const minutes = '{minutes, plural, one {# minute} other {# minutes}}'

/** French. */
export const fr: BuiltInTexts = {
  direction: 'ltr',
  texts: {
    code: {
      short: `{code} est votre code {project}. Il expire dans ${minutes}. Ne le partagez jamais.`,
      subject: '{code} est votre code {project}',
      mail: [
        'Votre code {project} :',
        '{code}',
        `Il expire dans ${minutes} et ne sert qu’une fois.`,
        'Ne le partagez jamais : personne chez {project} ne vous le demandera.',
        'Si vous n’avez pas demandé ce code, vous pouvez ignorer ce message.',
      ],
    },
    'notice-account-exists': {
      short:
        'Inscription tentée chez {project} avec votre numéro, qui a déjà un compte : connectez-vous. Si ce n’est pas vous, ignorez ce message.',
      subject: 'Vous avez déjà un compte {project}',
      mail: [
        'Quelqu’un a essayé de s’inscrire chez {project} avec votre adresse, qui a déjà un compte.',
        'Si c’est vous, connectez-vous ; si vous avez oublié votre mot de passe, réinitialisez-le.',
        'Si ce n’est pas vous, vous pouvez ignorer ce message : rien n’a changé.',
      ],
    },
    'notice-password-reset': {
      short:
        'Mot de passe {project} réinitialisé, toutes les sessions sont fermées. Si ce n’est pas vous, changez-le et prévenez {project}.',
      subject: 'Votre mot de passe {project} a été réinitialisé',
      mail: [
        'Votre mot de passe {project} a été réinitialisé, et toutes les sessions ont été fermées.',
        'Si c’est vous, connectez-vous avec votre nouveau mot de passe.',
        'Si ce n’est pas vous, réinitialisez-le de nouveau sans attendre et prévenez {project}.',
      ],
    },
    'notice-address-changed': {
      short:
        'Votre adresse chez {project} a été changée, toutes les sessions sont fermées. Sans votre accord ? Prévenez {project}.',
      subject: 'Votre adresse {project} a été changée',
      mail: [
        'Cette adresse n’est plus celle de votre compte {project} : elle y a été changée, et toutes les sessions ont été fermées.',
        'Si vous l’avez demandé, connectez-vous avec la nouvelle adresse.',
        'Sinon, prévenez {project}.',
      ],
    },
  },
}
