import Type from 'typebox'
import { createSmtpCarrier, smtpConnections } from '../protocols/smtp.ts'
import { bounceReader } from '../receipts/bounce.ts'
import { connectionsMax, defineCarrierKind, flag, mailSender, secret, text } from './carrier-kind.ts'

const dkim = Type.Object(
  {
    domain: text({
      description: 'The signing domain; the sender must belong to it.',
      expected: 'a domain',
      example: 'example.com',
      pattern: '^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$',
    }),
    selector: text({
      description: 'The name of the public key: selector._domainkey.domain.',
      expected: 'letters, digits, hyphens and dots',
      example: 'watchword',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$',
    }),
    privateKey: secret({
      description: 'The private key.',
      expected: 'an RSA key in PEM format, without a password',
      variable: 'DKIM_PRIVATE_KEY',
      pattern:
        '^-----BEGIN (RSA )?PRIVATE KEY-----\\s[A-Za-z0-9+/=\\s]+-----END (RSA )?PRIVATE KEY-----\\s*$',
    }),
  },
  {
    description: 'Signs the mail, if the server does not.',
    expected: 'domain, selector and privateKey',
    example: `{domain: example.com, selector: watchword, privateKey: "\${DKIM_PRIVATE_KEY}"}`,
  },
)

const settings = Type.Object({
  url: secret({
    description:
      'The mail server, with its login. smtps:// is TLS from the first byte; smtp:// upgrades to TLS.',
    expected: 'an smtp:// or smtps:// URL without a query',
    variable: 'MAIL_RELAY_URL',
    pattern: '^smtps?://[^\\s?#]+$',
  }),
  from: mailSender(),
  allowPlainText: flag({
    description: 'Allows mail, and the password of the URL, to travel unencrypted to a server without TLS.',
    example: 'true',
    default: false,
  }),
  certificateAuthority: Type.Optional(
    text({
      description: "The certificate of the server's authority, if it is not a public one.",
      expected: 'a certificate in PEM format',
      example: `\${MAIL_RELAY_CA}`,
      pattern: '-----BEGIN CERTIFICATE-----',
    }),
  ),
  bounceAddress: Type.Optional(
    text({
      description: 'Where undeliverable mail is returned to, if not to the sender.',
      expected: 'one address without a name',
      example: 'bounces@example.com',
      pattern: '^[^\\s<>@,;]+@[^\\s<>@,;]+$',
    }),
  ),
  ehloName: Type.Optional(
    text({
      description:
        'Who we say we are to the server (EHLO); the host of `PUBLIC_URL`, or the domain of the sender, unless set.',
      expected: 'a host name with a dot, or an address in brackets',
      example: 'otp.example.com',
      pattern: '^([A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+|\\[[0-9A-Fa-f:.]+\\])$',
    }),
  ),
  connectionsMax: connectionsMax(smtpConnections),
  dkim: Type.Optional(dkim),
})

/** Mail through any SMTP server. `SMTP_URL` creates one without a file. */
export const smtpEmail = defineCarrierKind({
  kind: 'smtp-email',
  channels: ['email'],
  settings,
  guide: {
    title: 'SMTP',
    setup: [
      'List the server in the SPF record of the sender’s domain.',
      'For DKIM, generate an RSA key of 2048 bits, publish its public half at `selector._domainkey.domain`, and set `dkim`; leave it out if the server signs.',
    ],
    delivered: 'The server reports nothing more; a bounce means that it was not delivered.',
    source: null,
  },
  receipts: {
    setup: [
      'Have the mailbox that receives bounces post them to the URL, as [receipts.md](receipts.md) describes.',
    ],
    checked: 'The token in the URL, and our Message-ID in the bounce.',
    open: () => bounceReader,
  },
  create: (
    { url, from, allowPlainText, certificateAuthority, bounceAddress, ehloName, connectionsMax, dkim },
    { name, log, hostName, messageTagOf },
  ) =>
    createSmtpCarrier({
      name,
      log,
      url: url.reveal(),
      from,
      ...(allowPlainText ? { allowsPlainText: true } : {}),
      certificateAuthority: certificateAuthority ?? null,
      bounceAddress: bounceAddress ?? null,
      ehloName: ehloName ?? hostName ?? null,
      connectionsMax: connectionsMax ?? smtpConnections,
      dkim: dkim ?? null,
      messageTagOf,
    }),
})
