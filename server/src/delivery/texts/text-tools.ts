import type { Project } from '../../domain/project.ts'
import { codePolicy, digitsOf, type Purposes } from '../../domain/purpose.ts'
import { isNotice, type TextKey } from '../../domain/text.ts'
import type { TextTools } from '../../engine/operations/manage-texts.ts'
import { builtInText } from './built-in.ts'
import { compileText } from './compile-text.ts'
import { renderTemplate } from './render-message.ts'
import { measureSms } from './sms-lines.ts'
import { validateText } from './validate-text.ts'

/** What delivery offers to those who write texts. Sample codes look like the codes of these purposes. */
export const createTextTools = (purposes: Purposes): SampleTools => {
  const policyOf = ({ purpose }: TextKey) => purposes.find(purpose) ?? policyOfAny
  const sampleCode: SampleTools['sampleCode'] = (key, { settings }) =>
    isNotice(key.purpose) ? '' : '1234567890'.slice(0, digitsOf(policyOf(key), settings))
  return {
    purposes: purposes.names,
    builtIn: builtInText,
    validate: validateText,
    sampleCode,
    preview(key, draft, project) {
      const { channel, locale } = key
      const { lifeSeconds } = codePolicy(policyOf(key), project.settings)
      const pattern = compileText(key, draft)(Math.max(1, Math.floor(lifeSeconds / 60)))
      const rendered = renderTemplate(pattern, {
        templates: { project },
        channel,
        locale,
        code: sampleCode(key, project),
      })
      return { ...rendered, sms: channel === 'sms' ? measureSms(rendered.text) : null }
    },
  }
}

export type SampleTools = TextTools & {
  /** An obvious sample code with as many digits as the project's codes have. Empty in a notice. */
  sampleCode(key: TextKey, project: Pick<Project, 'settings'>): string
}

/** The policy for a text that is not for one purpose. */
const policyOfAny = { name: 'code', digits: 6, lifeSeconds: 300 }
