import type { AccountChange } from '../../domain/account-change.ts'
import { parseEmailAddress, parsePhoneNumber, type Region } from '../../domain/address.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import { messageLocales, parseMessageLocale } from '../../domain/locale.ts'

/** A change of an account as an operator writes it. What is absent stays; null and an empty text remove. */
export type ChangeFields = Partial<{
  email: string | null
  emailVerified: boolean
  phone: string | null
  phoneVerified: boolean
  firstName: string | null
  lastName: string | null
  fullName: string | null
  agentCode: string | null
  assignedArea: string | null
  locale: string | null
  isActive: boolean
}>

/** What is wrong with one field. The message continues a sentence that begins with the field's name. */
export type ChangeIssue = { field: keyof ChangeFields; message: string }

export type PreparedChange = { ok: true; change: AccountChange } | { ok: false; issues: ChangeIssue[] }

const texts = ['firstName', 'lastName', 'fullName', 'agentCode', 'assignedArea'] as const

/** Validates a change. A new address must say whether it counts as proven: neither is right often enough to be the default. */
export function prepareChange(fields: ChangeFields, { region }: { region: Region | null }): PreparedChange {
  const issues: ChangeIssue[] = []
  const change: AccountChange = {}
  const readAddress = <Kind>(
    field: 'email' | 'phone',
    parse: (text: string) => Kind | null,
    message: string,
  ): Kind | null | undefined => {
    const text = fields[field]
    if (text === undefined) return undefined
    if (isEmpty(text)) return null
    const flag = `${field}Verified` as const
    if (fields[flag] === undefined)
      issues.push({ field: flag, message: `must say whether the new ${field} is proven` })
    const address = parse(text)
    if (address === null) issues.push({ field, message })
    return address
  }

  const email = readAddress('email', parseEmailAddress, 'is not an e-mail address')
  if (email !== undefined) change.email = email
  const parsePhone = (text: string) => parsePhoneNumber(text, { region })
  const phone = readAddress('phone', parsePhone, 'is not a phone number')
  if (phone !== undefined) change.phone = phone
  if (fields.emailVerified !== undefined) change.isEmailVerified = fields.emailVerified
  if (fields.phoneVerified !== undefined) change.isPhoneVerified = fields.phoneVerified
  if (fields.isActive !== undefined) change.isActive = fields.isActive

  for (const field of texts) {
    const text = fields[field]
    if (text !== undefined) change[field] = isEmpty(text) ? null : parseDisplayText(text)
  }
  if (fields.locale !== undefined) {
    change.locale = isEmpty(fields.locale) ? null : parseMessageLocale(fields.locale)
    if (!isEmpty(fields.locale) && change.locale === null)
      issues.push({ field: 'locale', message: `must be one of ${messageLocales.join(', ')}` })
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, change }
}

const isEmpty = (text: string | null): text is '' | null => text === null || text.trim() === ''
