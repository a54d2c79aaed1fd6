import type { BuiltInTexts } from './texts.ts'

const minutes = '{minutes, plural, one {# minuto} other {# minutos}}'

/** Spanish. */
export const es: BuiltInTexts = {
  direction: 'ltr',
  texts: {
    code: {
      short: `{code} es tu código de {project}. Caduca en ${minutes}. No lo compartas con nadie.`,
      subject: '{code} es tu código de {project}',
      mail: [
        'Tu código de {project}:',
        '{code}',
        `Caduca en ${minutes} y solo sirve una vez.`,
        'No lo compartas con nadie: nadie de {project} te lo pedirá.',
        'Si no solicitaste este código, puedes ignorar este mensaje.',
      ],
    },
    'notice-account-exists': {
      short:
        'Alguien intentó registrarse en {project} con tu número. Ya tienes una cuenta: inicia sesión. Si no fuiste tú, ignora este mensaje.',
      subject: 'Ya tienes una cuenta en {project}',
      mail: [
        'Alguien intentó registrarse en {project} con tu dirección, que ya tiene una cuenta.',
        'Si fuiste tú, inicia sesión; si olvidaste tu contraseña, restablécela.',
        'Si no fuiste tú, puedes ignorar este mensaje: no ha cambiado nada.',
      ],
    },
    'notice-password-reset': {
      short:
        'Se restableció tu contraseña de {project} y se cerraron todas las sesiones. ¿No fuiste tú? Restablécela ya y avisa a {project}.',
      subject: 'Se restableció tu contraseña de {project}',
      mail: [
        'Se restableció tu contraseña de {project} y se cerraron todas las sesiones.',
        'Si fuiste tú, inicia sesión con tu nueva contraseña.',
        'Si no fuiste tú, restablécela de nuevo cuanto antes y avisa a {project}.',
      ],
    },
    'notice-address-changed': {
      short:
        'Se cambió tu dirección en {project} y se cerraron todas las sesiones. ¿Sin tu acuerdo? Avisa a {project}.',
      subject: 'Se cambió tu dirección en {project}',
      mail: [
        'Esta dirección ya no es la de tu cuenta de {project}: se cambió allí y se cerraron todas las sesiones.',
        'Si lo pediste, inicia sesión con la nueva dirección.',
        'Si no, avisa a {project}.',
      ],
    },
  },
}
