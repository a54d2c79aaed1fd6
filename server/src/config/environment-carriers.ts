import type { Channel } from '../domain/address.ts'
import type { EnvironmentCarrierName } from '../domain/carrier-name.ts'
import type { ConfiguredCarrier } from '../engine/ports/carriers.ts'
import type { ReadCarriersParts } from './read-carriers.ts'
import { type SettingName, settings, type Values } from './settings.ts'

/*
 * Some variables are a short way to write a carrier of the file: `SMTP_URL` means the same as `carriers: {smtp: {kind:
 * smtp-email, url: "${SMTP_URL}", …}}`. They are read as such an entry, and no other file knows the difference.
 */

/** Where in the file each variable would stand. */
const variables: Readonly<Record<string, SettingName>> = {
  'smtp.url': 'SMTP_URL',
  'smtp.from': 'MAIL_FROM',
  'smtp.allowPlainText': 'SMTP_ALLOW_PLAINTEXT',
  'smtp.certificateAuthority': 'SMTP_CA',
  'smtp.ehloName': 'SMTP_EHLO_NAME',
  'smtp.connectionsMax': 'SMTP_CONNECTIONS',
  'webhook.url.sms': 'SMS_WEBHOOK_URL',
  'webhook.url.whatsapp': 'WHATSAPP_WEBHOOK_URL',
}

/** The carriers that the environment sets up, by name. A carrier with an issue is left out. */
export function readEnvironmentCarriers(
  { values, isDevelopment }: { values: Values; isDevelopment: boolean },
  { readCarrier, resolve, report }: ReadCarriersParts,
): Record<string, ConfiguredCarrier> {
  const read = Object.entries(entriesOf(values, isDevelopment)).flatMap(([name, entry]) => {
    const carrier = readCarrier(entry, {
      where: name,
      resolve,
      report: (issue) => report({ ...issue, ...placeOfIssue(issue.where) }),
    })
    return carrier === null ? [] : [[name, { ...carrier, source: 'environment' }] as const]
  })
  return Object.fromEntries(read)
}

/** The entries of the file that the environment stands for. */
function entriesOf(values: Values, isDevelopment: boolean): Partial<Record<EnvironmentCarrierName, object>> {
  const reference = (name: SettingName) => (values[name] === null ? undefined : `\${${name}}`)
  const sms = reference('SMS_WEBHOOK_URL')
  const whatsapp = reference('WHATSAPP_WEBHOOK_URL')
  const smtp = {
    kind: 'smtp-email',
    url: reference('SMTP_URL'),
    from: reference('MAIL_FROM'),
    allowPlainText: values.SMTP_ALLOW_PLAINTEXT,
    certificateAuthority: reference('SMTP_CA'),
    ehloName: reference('SMTP_EHLO_NAME'),
    connectionsMax: values.SMTP_CONNECTIONS ?? undefined,
  }
  return {
    // A rule reports an SMTP_URL without MAIL_FROM.
    ...(smtp.url !== undefined && smtp.from !== undefined && { smtp }),
    ...((sms ?? whatsapp) !== undefined && { webhook: { kind: 'webhook', url: { sms, whatsapp } } }),
    ...(isDevelopment && { inbox: { kind: 'inbox' } }),
  }
}

/** Where a setting of a carrier is written: `SMTP_URL`, or its path in the file. `key` is `url`, or `url.sms`. */
export const placeOfSetting = (name: string, key: string): string =>
  variables[`${name}.${key}`] ?? `carriers.${name}.${key}`

/** The variable that gives a channel the carrier of this name; undefined if there is none. */
export const variableFor = (name: string, channel: Channel): SettingName | undefined =>
  variables[`${name}.url.${channel}`] ?? (channel === 'email' ? variables[`${name}.url`] : undefined)

/** Replaces the path of an entry with the variables that it stands for. */
function placeOfIssue(where: string): { where: string; expected?: string; example?: string } {
  const name = variables[where]
  if (name === undefined)
    // An issue of the whole entry names all variables that belong to it.
    return {
      where: Object.keys(variables)
        .filter((place) => place.startsWith(`${where}.`))
        .map((place) => variables[place])
        .join(', '),
    }
  return { where: name, expected: settings[name].expected, example: `${name}=${settings[name].example}` }
}
