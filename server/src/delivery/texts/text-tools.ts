import { type CodePolicy, codePolicy, type Purposes } from '../../domain/purpose.ts'
import { isNotice, type TextKey } from '../../domain/text.ts'
import type { TextTools } from '../../engine/operations/manage-texts.ts'
import { builtInText } from './built-in.ts'
import { compileText } from './compile-text.ts'
import { renderTemplate } from './render-message.ts'
import { measureSms } from './sms-lines.ts'
import { validateText } from './validate-text.ts'

/** What delivery knows of texts, for those who write them; samples are like the codes of these purposes. */
export const createTextTools = (purposes: Purposes): SampleTools => {
  const policyOf = ({ purpose }: TextKey) => purposes.find(purpose) ?? policyOfAny
  const sampleCode = (key: TextKey): string =>
    isNotice(key.purpose) ? '' : '123456789'.slice(0, policyOf(key).digits)
  return {
    purposes: purposes.names,
    builtIn: builtInText,
    judge: validateText,
    sampleCode,
    preview(key, draft, project) {
      const { channel, locale } = key
      const { lifeSeconds } = codePolicy(policyOf(key), project.settings.codeSeconds)
      const pattern = compileText(key, draft)(Math.max(1, Math.floor(lifeSeconds / 60)))
      const words = renderTemplate(pattern, {
        templates: { project },
        channel,
        locale,
        code: sampleCode(key),
      })
      return { ...words, sms: channel === 'sms' ? measureSms(words.text) : null }
    },
  }
}

export type SampleTools = TextTools & {
  /** A code that anybody sees is none, of as many digits as the purpose's codes have. None in a notice. */
  sampleCode(key: TextKey): string
}

/** What is shown in a text that is not of one purpose. */
const policyOfAny: CodePolicy = { digits: 6, lifeSeconds: 300, attemptsMax: 5 }
