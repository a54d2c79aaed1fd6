/** What the YAML file may hold: one sentence, what is expected, and an example of each key. */
export type FileKey = { sentence: string; expected: string; example: string; default: string }

export const fileKeys = {
  mounts: {
    sentence: 'Which API answers below which path, and for which project.',
    expected: 'a list of mounts',
    example: 'mounts: [{dialect: service}]',
    default: 'development mounts all five; production mounts `service`',
  },
  carriers: {
    sentence: 'Carriers by names of your own, each with its kind and the settings of that kind.',
    expected: 'carriers, each with a kind and its settings',
    example: 'carriers: {mailgun: {kind: mailgun-email, domain: mg.example.com}}',
    default: 'none but those of the environment',
  },
  routes: {
    sentence:
      'The carriers of each channel, in the order in which they are tried; a carrier may be for countries and beginnings of numbers alone, and neighbours with weights share what comes.',
    expected:
      'email, sms, whatsapp and voice, each with a list of names from carriers, or of smtp, webhook, inbox; or of {carrier, to, weight}',
    example: 'routes: {email: [smtp], sms: [webhook]}',
    default: 'every carrier that is configured; in development the inbox where none is',
  },
  prices: {
    sentence:
      'What one message (one piece of a long SMS) costs with a carrier: everywhere, or by country and beginning of a number, with `other` for the rest.',
    expected: 'names of carriers, each with an amount or with amounts by destination',
    example: 'prices: {twilio: {CI: 0.0795, other: 0.05}}',
    default: 'none: what has no price costs nothing',
  },
  currency: {
    sentence: 'The currency of `prices`, and of what projects may spend.',
    expected: 'three capital letters',
    example: 'currency: EUR',
    default: 'EUR',
  },
} as const satisfies Record<string, FileKey>

export const mountKeys = {
  dialect: {
    sentence: 'Which of the five APIs.',
    expected: 'one of service, account, mobile, kikapu, citizen',
    example: 'dialect: account',
    default: 'none',
  },
  project: {
    sentence: 'The project that its requests belong to; `service` has none, for its callers name theirs.',
    expected: 'the id of a project, and none for service',
    example: 'project: PRJ_abc123def456',
    default: 'the only project there is',
  },
  prefix: {
    sentence: 'What goes before its paths.',
    expected: 'a path such as /shop that no other mount of this dialect has',
    example: 'prefix: /shop',
    default: 'empty',
  },
  codes: {
    sentence:
      'Only `citizen`: who sees codes in answers, either keys with the scope `otp:read-code` or networks.',
    expected: 'apiKey: true, or networks with a list of CIDR blocks; only in a citizen mount',
    example: 'codes: {networks: [10.0.0.0/8]}',
    default: 'development: anyone; production needs an answer',
  },
  codeInResponse: {
    sentence: 'Only `citizen`: false answers asterisks instead of codes, and the code goes out by SMS alone.',
    expected: 'true or false',
    example: 'codeInResponse: false',
    default: 'true',
  },
} as const satisfies Record<string, FileKey>
