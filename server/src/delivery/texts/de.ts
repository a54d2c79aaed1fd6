import type { BuiltInTexts } from './texts.ts'

const minutes = '{minutes, plural, one {# Minute} other {# Minuten}}'

/** German. */
export const de: BuiltInTexts = {
  direction: 'ltr',
  texts: {
    code: {
      short: `{code} ist Ihr Code für {project}. Er gilt noch ${minutes}. Geben Sie ihn niemals weiter.`,
      subject: '{code} ist Ihr Code für {project}',
      mail: [
        'Ihr Code für {project}:',
        '{code}',
        `Er gilt noch ${minutes} und nur einmal.`,
        'Geben Sie ihn niemals weiter: Niemand bei {project} wird Sie danach fragen.',
        'Wenn Sie diesen Code nicht angefordert haben, können Sie diese Nachricht ignorieren.',
      ],
    },
    'notice-account-exists': {
      short:
        'Jemand wollte sich mit Ihrer Nummer bei {project} registrieren. Sie haben schon ein Konto: Melden Sie sich an. Nicht Sie? Dann ignorieren Sie dies.',
      subject: 'Sie haben schon ein Konto bei {project}',
      mail: [
        'Jemand wollte sich mit Ihrer Adresse bei {project} registrieren; sie gehört schon zu einem Konto.',
        'Wenn Sie das waren, melden Sie sich an; wenn Sie Ihr Passwort vergessen haben, setzen Sie es zurück.',
        'Wenn Sie das nicht waren, können Sie diese Nachricht ignorieren: Es hat sich nichts geändert.',
      ],
    },
    'notice-password-reset': {
      short:
        'Ihr Passwort für {project} wurde zurückgesetzt, alle Sitzungen wurden beendet. Nicht Sie? Setzen Sie es sofort neu und informieren Sie {project}.',
      subject: 'Ihr Passwort für {project} wurde zurückgesetzt',
      mail: [
        'Ihr Passwort für {project} wurde zurückgesetzt, und alle Sitzungen wurden beendet.',
        'Wenn Sie das waren, melden Sie sich mit Ihrem neuen Passwort an.',
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort noch einmal zurück und informieren Sie {project}.',
      ],
    },
    'notice-address-changed': {
      short:
        'Ihre Adresse bei {project} wurde geändert, alle Sitzungen wurden beendet. Ohne Ihr Einverständnis? Informieren Sie {project}.',
      subject: 'Ihre Adresse bei {project} wurde geändert',
      mail: [
        'Diese Adresse gehört nicht mehr zu Ihrem Konto bei {project}: Sie wurde dort geändert, und alle Sitzungen wurden beendet.',
        'Wenn Sie darum gebeten haben, melden Sie sich mit der neuen Adresse an.',
        'Wenn nicht, informieren Sie {project}.',
      ],
    },
  },
}
