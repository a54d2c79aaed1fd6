import type { Channel } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import { toOneLine } from '../carrier.ts'
import { foldToGsm7 } from '../protocols/gsm7.ts'
import type { Pattern } from './compile-text.ts'
import { fillIn } from './placeholders.ts'
import { addMarks } from './sms-lines.ts'

/** Long enough for common names, short enough that the text of an SMS stays one segment. */
const nameLengthMax = { email: 100, sms: 40, whatsapp: 100, voice: 100 } as const

/** The name of a project in messages: one line, cut to the maximum of the channel. */
export function nameIn(channel: Channel, { name, settings }: Pick<Project, 'name' | 'settings'>): string {
  const text = toOneLine(settings.displayName ?? name)
  const letters = [...text]
  const max = nameLengthMax[channel]
  return letters.length <= max ? text : `${letters.slice(0, max - 3).join('')}...`
}

/** The whole SMS, in the SMS alphabet if possible: any other letter halves what a message holds. */
export function renderSms(
  { text }: Pick<Pattern, 'text'>,
  project: Pick<Project, 'name' | 'settings'>,
  code: string,
): string {
  const marked = addMarks(text, project.settings, code !== '')
  return foldToGsm7(fillIn(marked, { project: nameIn('sms', project), code }))
}
