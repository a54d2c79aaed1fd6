import { defineWords } from '../../language/words.ts'

type Named = Record<string, string>

/** The others go by the name that they have in the API. */
const purposesEn: Named = {
  code: 'Every code without a text of its own',
  'notice-account-exists': 'Notice: the account exists already',
  'notice-password-reset': 'Notice: the password was replaced',
  'notice-address-changed': 'Notice: the address was changed',
}
const purposesFr: Named = {
  code: 'Tout code sans texte à lui',
  'notice-account-exists': 'Avis : le compte existe déjà',
  'notice-password-reset': 'Avis : le mot de passe a été remplacé',
  'notice-address-changed': 'Avis : l’adresse a été changée',
}

export const words = defineWords({
  en: {
    title: 'Texts',
    sentence: 'What your users read. Write a text, and see the message that it makes.',
    channel: 'Channel',
    language: 'Language',
    purpose: 'For',
    purposes: purposesEn,
    ownText: 'your own',
    text: 'Text',
    sources: {
      own: 'Your own text is in force.',
      'own-code': 'Your text for every code is in force.',
      'built-in': 'The built-in text is in force.',
    },
    subject: 'Subject',
    subjectNeeded: 'Mail needs a subject.',
    body: 'Text',
    bodyNeeded: 'Write a text.',
    bodyHint:
      '{code}, {project} and {minutes} are filled in. Plurals: {minutes, plural, one {# minute} other {# minutes}}.',
    mailHint:
      'Markdown. {code}, {project} and {minutes} are filled in; a line with {code} alone is shown large.',
    save: 'Save text',
    saved: 'Saved. Every node uses it within seconds.',
    restore: 'Use the built-in text',
    restoreWhat: 'Your text is removed, and the built-in one is in force again.',
    restored: 'The built-in text is in force again.',
    cancel: 'Cancel',
    preview: 'Preview',
    asMail: 'As mail',
    asText: 'As plain text',
    segments: (count: number) => (count === 1 ? '1 SMS' : `${count} SMS, each is paid for`),
    length: (length: string, alphabet: string) => `${length} places in ${alphabet}`,
    test: 'Send it to yourself',
    testWhat: 'A sample code, which opens nothing, by the carriers of the channel.',
    saveFirst: 'What is stored is sent; save your changes first to see them.',
    to: 'To',
    toNeeded: 'Enter an address of yours.',
    send: 'Send test',
    nobodySends: 'No carrier serves this channel.',
    outcomes: {
      accepted: (carrier: string, to: string) => `${carrier} took the message to ${to}.`,
      refused: (carrier: string, to: string) => `${carrier} refused the message to ${to}.`,
      unknown: (carrier: string, to: string) =>
        `Nobody knows what became of the message to ${to} at ${carrier}.`,
    },
    ownTexts: 'Your own texts',
    noOwnTexts: 'All messages of this project have the built-in texts.',
    warnings: (count: number) => (count === 1 ? '1 warning' : `${count} warnings`),
  },
  fr: {
    title: 'Textes',
    sentence: 'Ce que lisent vos utilisateurs. Écrivez un texte et voyez le message qu’il donne.',
    channel: 'Canal',
    language: 'Langue',
    purpose: 'Pour',
    purposes: purposesFr,
    ownText: 'le vôtre',
    text: 'Texte',
    sources: {
      own: 'Votre propre texte est en vigueur.',
      'own-code': 'Votre texte pour tous les codes est en vigueur.',
      'built-in': 'Le texte fourni est en vigueur.',
    },
    subject: 'Objet',
    subjectNeeded: 'Un e-mail a besoin d’un objet.',
    body: 'Texte',
    bodyNeeded: 'Écrivez un texte.',
    bodyHint:
      '{code}, {project} et {minutes} sont remplis. Pluriels : {minutes, plural, one {# minute} other {# minutes}}.',
    mailHint:
      'Markdown. {code}, {project} et {minutes} sont remplis ; une ligne avec {code} seul s’affiche en grand.',
    save: 'Enregistrer le texte',
    saved: 'Enregistré. Chaque nœud l’emploie en quelques secondes.',
    restore: 'Reprendre le texte fourni',
    restoreWhat: 'Votre texte est retiré, et le texte fourni reprend sa place.',
    restored: 'Le texte fourni est de nouveau en vigueur.',
    cancel: 'Annuler',
    preview: 'Aperçu',
    asMail: 'En e-mail',
    asText: 'En texte brut',
    segments: (count) => (count === 1 ? '1 SMS' : `${count} SMS, chacun est payé`),
    length: (length, alphabet) => `${length} places en ${alphabet}`,
    test: 'Se l’envoyer',
    testWhat: 'Un code d’exemple, qui n’ouvre rien, par les opérateurs du canal.',
    saveFirst: 'C’est le texte enregistré qui part ; enregistrez d’abord vos changements.',
    to: 'À',
    toNeeded: 'Saisissez une adresse qui vous appartient.',
    send: 'Envoyer un essai',
    nobodySends: 'Aucun opérateur ne sert ce canal.',
    outcomes: {
      accepted: (carrier, to) => `${carrier} a pris le message pour ${to}.`,
      refused: (carrier, to) => `${carrier} a refusé le message pour ${to}.`,
      unknown: (carrier, to) => `Nul ne sait ce qu’est devenu le message pour ${to} chez ${carrier}.`,
    },
    ownTexts: 'Vos textes',
    noOwnTexts: 'Tous les messages de ce projet ont les textes fournis.',
    warnings: (count) => (count === 1 ? '1 remarque' : `${count} remarques`),
  },
})
