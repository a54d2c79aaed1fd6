import { codePolicy } from '../../domain/purpose.ts'
import { isNotice, type TextKey } from '../../domain/text.ts'
import type { TextTools } from '../../engine/operations/manage-texts.ts'
import { builtInText } from './built-in.ts'
import { compileText } from './compile-text.ts'
import { judgeText } from './judge-text.ts'
import { renderWords } from './render-message.ts'
import { measureSms } from './sms-lines.ts'

/** What delivery knows of texts, for those who write them. */
export const textTools: TextTools = {
  builtIn: builtInText,
  judge: judgeText,
  preview(key, draft, project) {
    const { channel, locale } = key
    const pattern = compileText(key, draft)(sampleMinutes(key, project.settings.codeSeconds))
    const words = renderWords(pattern, { wording: { project }, channel, locale, code: sampleCodeOf(key) })
    return { ...words, sms: channel === 'sms' ? measureSms(words.text) : null }
  },
}

/** A code that anybody sees is none, of as many digits as the purpose's codes have. None in a notice. */
export const sampleCodeOf = ({ purpose }: TextKey): string => {
  if (isNotice(purpose)) return ''
  return '123456'.slice(0, purpose === 'code' ? 6 : codePolicy(purpose, null).digits)
}

/** The life of the purpose's codes. */
const sampleMinutes = ({ purpose }: TextKey, codeSeconds: number | null): number =>
  Math.max(
    1,
    Math.floor(
      codePolicy(purpose === 'code' || isNotice(purpose) ? 'service' : purpose, codeSeconds).lifeSeconds / 60,
    ),
  )
