import type { BuiltInTexts } from './texts.ts'

const minutes = '{minutes, plural, one {# minute} other {# minutes}}'

/** English. */
export const en: BuiltInTexts = {
  direction: 'ltr',
  texts: {
    code: {
      short: `{code} is your {project} code. It expires in ${minutes}. Never share it.`,
      subject: '{code} is your {project} code',
      mail: [
        'Your {project} code:',
        '{code}',
        `It expires in ${minutes} and works once.`,
        'Never share it: nobody at {project} will ask you for it.',
        'If you did not ask for this code, you can ignore this message.',
      ],
    },
    'notice-account-exists': {
      short:
        'Somebody tried to register at {project} with your number. You already have an account: sign in instead. Not you? Ignore this.',
      subject: 'You already have a {project} account',
      mail: [
        'Somebody tried to register at {project} with your address, which already has an account.',
        'If it was you, sign in instead; if you have forgotten your password, reset it.',
        'If it was not you, you can ignore this message: nothing has changed.',
      ],
    },
    'notice-password-reset': {
      short:
        'Your {project} password was reset and all sessions were ended. Not you? Reset it again now and tell {project}.',
      subject: 'Your {project} password was reset',
      mail: [
        'Your {project} password was reset, and all sessions were ended.',
        'If it was you, sign in with your new password.',
        'If it was not you, reset your password again at once and tell {project}.',
      ],
    },
    'notice-address-changed': {
      short:
        'Your address at {project} was changed, and all sessions were ended. Not with your consent? Tell {project}.',
      subject: 'Your {project} address was changed',
      mail: [
        'This address no longer belongs to your {project} account: it was changed there, and all sessions were ended.',
        'If you asked for it, sign in with the new address.',
        'If you did not, tell {project}.',
      ],
    },
  },
}
