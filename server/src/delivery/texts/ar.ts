import type { BuiltInTexts } from './texts.ts'

// Arabic needs UCS-2, so one SMS holds 70 letters: with a short name, a code fits one SMS; the notices need two.
const minutes = '{minutes, plural, one {دقيقة واحدة} two {دقيقتين} few {# دقائق} other {# دقيقة}}'

/** Arabic. */
export const ar: BuiltInTexts = {
  direction: 'rtl',
  texts: {
    code: {
      short: `رمز {project} الخاص بك: {code}. صالح لمدة ${minutes}. لا تشاركه مع أحد.`,
      subject: 'رمز {project} الخاص بك: {code}',
      mail: [
        'رمز {project} الخاص بك:',
        '{code}',
        `هو صالح لمدة ${minutes} ولا يُستخدم إلا مرة واحدة.`,
        'لا تشاركه مع أحد: لن يطلبه منك أي شخص من {project}.',
        'إذا لم تطلب هذا الرمز، فيمكنك تجاهل هذه الرسالة.',
      ],
    },
    'notice-account-exists': {
      short:
        'حاول شخص ما التسجيل في {project} برقمك. لديك حساب بالفعل: سجّل الدخول. إن لم تكن أنت، فتجاهل هذه الرسالة.',
      subject: 'لديك حساب في {project} بالفعل',
      mail: [
        'حاول شخص ما التسجيل في {project} بعنوانك، وله حساب بالفعل.',
        'إذا كنت أنت من فعل ذلك، فسجّل الدخول؛ وإذا نسيت كلمة المرور، فأعد تعيينها.',
        'إذا لم تكن أنت، فيمكنك تجاهل هذه الرسالة: لم يتغير شيء.',
      ],
    },
    'notice-password-reset': {
      short:
        'أُعيد تعيين كلمة مرورك في {project} وأُنهيت جميع الجلسات. لم تكن أنت؟ أعد تعيينها الآن وأبلغ {project}.',
      subject: 'أُعيد تعيين كلمة مرورك في {project}',
      mail: [
        'أُعيد تعيين كلمة مرورك في {project}، وأُنهيت جميع الجلسات.',
        'إذا كنت أنت من فعل ذلك، فسجّل الدخول بكلمة المرور الجديدة.',
        'إذا لم تكن أنت، فأعد تعيين كلمة المرور فورًا وأبلغ {project}.',
      ],
    },
    'notice-address-changed': {
      short: 'تغيّر عنوانك في {project} وأُنهيت جميع الجلسات. دون موافقتك؟ أبلغ {project}.',
      subject: 'تغيّر عنوانك في {project}',
      mail: [
        'لم يعد هذا العنوان عنوان حسابك في {project}: فقد جرى تغييره، وأُنهيت جميع الجلسات.',
        'إذا طلبت ذلك، فسجّل الدخول بالعنوان الجديد.',
        'وإذا لم تطلبه، فأبلغ {project}.',
      ],
    },
  },
}
