import type { BuiltInTexts } from './texts.ts'

const minutes = '{minutes, plural, one {# minuto} other {# minutos}}'

/** Portuguese. */
export const pt: BuiltInTexts = {
  direction: 'ltr',
  texts: {
    code: {
      short: `{code} é o seu código de {project}. Expira em ${minutes}. Não o informe a ninguém.`,
      subject: '{code} é o seu código de {project}',
      mail: [
        'O seu código de {project}:',
        '{code}',
        `Expira em ${minutes} e só pode ser usado uma vez.`,
        'Não o informe a ninguém: ninguém de {project} vai pedir este código.',
        'Se você não pediu este código, pode ignorar esta mensagem.',
      ],
    },
    'notice-account-exists': {
      short:
        'Alguém tentou criar uma conta em {project} com o seu número, que já tem conta: entre nela. Se não foi você, ignore esta mensagem.',
      subject: 'Você já tem uma conta em {project}',
      mail: [
        'Alguém tentou criar uma conta em {project} com o seu endereço, que já tem uma.',
        'Se foi você, entre na sua conta; se esqueceu a senha, redefina-a.',
        'Se não foi você, pode ignorar esta mensagem: nada mudou.',
      ],
    },
    'notice-password-reset': {
      short:
        'A sua senha de {project} foi redefinida e todas as sessões foram encerradas. Não foi você? Redefina-a já e avise {project}.',
      subject: 'A sua senha de {project} foi redefinida',
      mail: [
        'A sua senha de {project} foi redefinida, e todas as sessões foram encerradas.',
        'Se foi você, entre com a sua nova senha.',
        'Se não foi você, redefina a senha novamente sem demora e avise {project}.',
      ],
    },
    'notice-address-changed': {
      short:
        'O seu endereço em {project} foi alterado e todas as sessões foram encerradas. Sem o seu acordo? Avise {project}.',
      subject: 'O seu endereço em {project} foi alterado',
      mail: [
        'Este endereço já não é o da sua conta de {project}: foi alterado, e todas as sessões foram encerradas.',
        'Se pediu a alteração, entre com o novo endereço.',
        'Se não pediu, avise {project}.',
      ],
    },
  },
}
