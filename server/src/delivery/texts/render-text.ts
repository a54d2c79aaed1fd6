import type { Channel } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import { toOneLine } from '../carrier.ts'
import { foldToGsm7 } from '../protocols/gsm7.ts'
import type { Pattern } from './compile-text.ts'
import { fillIn } from './placeholders.ts'
import { addMarks } from './sms-lines.ts'

/** So long that no usual name is cut, so short that the text of an SMS stays one segment. */
const nameLengthMax = { email: 100, sms: 40, whatsapp: 100, voice: 100 } as const

/** What messages call a project: one line, cut to what the channel bears. */
export function nameIn(channel: Channel, { name, settings }: Pick<Project, 'name' | 'settings'>): string {
  const text = toOneLine(settings.displayName ?? name)
  const letters = [...text]
  const max = nameLengthMax[channel]
  return letters.length <= max ? text : `${letters.slice(0, max - 3).join('')}...`
}

/** The whole SMS. Written in the letters of SMS where that is possible: another one halves what it holds. */
export function renderSms(
  { text }: Pick<Pattern, 'text'>,
  project: Pick<Project, 'name' | 'settings'>,
  code: string,
): string {
  const marked = addMarks(text, project.settings, code !== '')
  return foldToGsm7(fillIn(marked, { project: nameIn('sms', project), code }))
}
