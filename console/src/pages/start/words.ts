import { defineWords } from '../../language/words.ts'

export const words = defineWords({
  en: {
    title: 'Getting started',
    sentence:
      'From the first code to a server that your users can rely on. What is done is ticked by itself.',
    progress: (done: number, all: number) => `${done} of ${all} done`,
    done: 'Done',
    open: 'To do',
    signInToSee: 'Sign in to see whether it is done',
    markDone: 'Mark as done',
    markOpen: 'Mark as not done',
    tryTitle: 'Try it',
    setUpTitle: 'Set it up',
    keep: 'Keep it running',
    key: {
      title: 'Make a key',
      what: 'Programs show a key to send codes. Development has made one for you.',
    },
    sent: {
      title: 'Send the first code',
      what: 'Through any of the APIs, from the playground or your terminal.',
      action: 'Open the playground',
    },
    verified: {
      title: 'Check the first code',
      what: 'Read it in the inbox, and check it in the playground.',
      action: 'Open the inbox',
    },
    carrier: {
      title: 'Set up a carrier',
      what: 'A mail server, an SMS gateway or WhatsApp carries codes to real people. Until then only the inbox gets them.',
      action: 'Read about carriers',
    },
    texts: {
      title: 'See the texts',
      what: 'What your users read, in eight languages, with your name and colour.',
      action: 'Read about texts',
    },
    webhook: {
      title: 'Answer a webhook',
      what: 'Your program hears of verified codes and failed messages as they happen.',
      action: 'Read about webhooks',
    },
    operator: {
      title: 'Invite a second operator',
      what: 'Somebody else can act when you are away, with rights of their own.',
      action: 'Read about operators',
    },
    backup: {
      title: 'Restore a backup once',
      what: 'A backup that nobody has restored is a hope. It takes two commands.',
      action: 'Read about backups',
    },
  },
  fr: {
    title: 'Premiers pas',
    sentence:
      'Du premier code à un serveur sur lequel vos utilisateurs peuvent compter. Ce qui est fait se coche tout seul.',
    progress: (done, all) => `${done} sur ${all}`,
    done: 'Fait',
    open: 'À faire',
    signInToSee: 'Connectez-vous pour voir si c’est fait',
    markDone: 'Marquer comme fait',
    markOpen: 'Marquer comme à faire',
    tryTitle: 'Essayer',
    setUpTitle: 'Configurer',
    keep: 'Faire durer',
    key: {
      title: 'Créer une clé',
      what: 'Les programmes montrent une clé pour envoyer des codes. Le mode développement en a créé une pour vous.',
    },
    sent: {
      title: 'Envoyer le premier code',
      what: 'Par n’importe quelle API, depuis les essais ou votre terminal.',
      action: 'Ouvrir les essais',
    },
    verified: {
      title: 'Vérifier le premier code',
      what: 'Lisez-le dans la boîte de réception, puis vérifiez-le dans les essais.',
      action: 'Ouvrir la boîte',
    },
    carrier: {
      title: 'Configurer un opérateur d’envoi',
      what: 'Un serveur de courrier, une passerelle SMS ou WhatsApp porte les codes aux vraies personnes. D’ici là, seule la boîte les reçoit.',
      action: 'Lire sur les opérateurs d’envoi',
    },
    texts: {
      title: 'Voir les textes',
      what: 'Ce que lisent vos utilisateurs, en huit langues, à votre nom et à votre couleur.',
      action: 'Lire sur les textes',
    },
    webhook: {
      title: 'Répondre à un webhook',
      what: 'Votre programme apprend aussitôt les codes vérifiés et les messages perdus.',
      action: 'Lire sur les webhooks',
    },
    operator: {
      title: 'Inviter un second opérateur',
      what: 'Quelqu’un d’autre peut agir en votre absence, avec ses propres droits.',
      action: 'Lire sur les opérateurs',
    },
    backup: {
      title: 'Restaurer une sauvegarde, une fois',
      what: 'Une sauvegarde que personne n’a restaurée n’est qu’un espoir. Deux commandes suffisent.',
      action: 'Lire sur les sauvegardes',
    },
  },
})
