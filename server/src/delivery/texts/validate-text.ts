import type { IntlMessageFormat } from 'intl-messageformat'
import type { Issue } from '../../domain/issue.ts'
import type { Project } from '../../domain/project.ts'
import { isNotice, type TextDraft, type TextKey, type TextValidation } from '../../domain/text.ts'
import { compileText, minutesMax, parseTemplate } from './compile-text.ts'
import { findUnsupported, parseMarkdown } from './markdown.ts'
import { anyPlaceholder, placeholders } from './placeholders.ts'
import { renderSms } from './render-text.ts'
import { measureSms } from './sms-lines.ts'

const lengthMax = { subject: 200, email: 5000, sms: 700, whatsapp: 1000, voice: 700 } as const
/** More parts multiply the price and arrive out of order. */
const segmentsMax = 3
/** The maximum that SMS Retriever reads. */
const retrieverBytesMax = 140

/** Validates a text as it would be sent: every issue with its path and what to do about it. */
export function validateText(
  key: TextKey,
  draft: TextDraft,
  project: Pick<Project, 'name' | 'settings'>,
): TextValidation {
  const issues = validateTemplate(key, draft)
  return issues.length > 0 || key.channel !== 'sms'
    ? { issues, warnings: [] }
    : validateSms(key, draft, project)
}

/** Validates a text independent of the project that sends it. */
export function validateTemplate(key: TextKey, draft: TextDraft): Issue[] {
  const issues = [
    ...validateShape(key, draft),
    ...validatePattern('body', draft.body, key),
    ...(draft.subject === null ? [] : validatePattern('subject', draft.subject, key)),
  ]
  if (issues.length > 0) return issues
  return [...validateCode(key, draft), ...(key.channel === 'email' ? validateMarkdown(key, draft) : [])]
}

/** The checks that need no parser. */
function validateShape({ channel }: TextKey, { subject, body }: TextDraft): Issue[] {
  const issues: Issue[] = []
  const validate = (path: string, text: string, max: number, control: RegExp): void => {
    if (text.trim() === '') issues.push({ path, message: 'is empty; write a text' })
    if ([...text].length > max) issues.push({ path, message: `is longer than ${max} characters` })
    const found = control.exec(text) ?? (text.isWellFormed() ? null : /[\uD800-\uDFFF]/.exec(text))
    if (found !== null) {
      const code = text.charCodeAt(found.index).toString(16).toUpperCase().padStart(4, '0')
      issues.push({
        path: pathOf(path, text, found.index),
        message: `holds the character U+${code}, which no message may hold; remove it`,
      })
    }
  }
  validate('body', body, lengthMax[channel], bodyControl)
  if (channel === 'email' && subject === null) {
    issues.push({ path: 'subject', message: 'is missing; mail has one' })
  } else if (channel !== 'email' && subject !== null) {
    issues.push({ path: 'subject', message: `does not exist on ${channel}; leave it out` })
  } else if (subject !== null) validate('subject', subject, lengthMax.subject, subjectControl)
  return issues
}

/**
 * Only a body may contain line breaks: in a subject they would start another header. Placeholders use the private use
 * area.
 */
const bodyControl = /(?![\n\t]|\r\n)[\p{Cc}\p{Zl}\p{Zp}\p{Co}]/u
const subjectControl = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}]/u

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** The kinds of element of the ICU message parser. */
const kinds = { literal: 0, argument: 1, number: 2, plural: 6, pound: 7 }

/** Validates a template as an ICU message: its syntax, and the content of its braces. */
function validatePattern(path: string, template: string, key: TextKey): Issue[] {
  try {
    return validateElements(parseTemplate(template, key.locale).getAst(), { path, template, key })
  } catch (error) {
    // Not only syntax errors: formats of numbers and dates have a parser of their own, whose errors have no location.
    const { location, message } = error as Error & { location?: { start: { offset: number } } }
    const about = syntaxMessages[message] ?? `is not an ICU message (${message})`
    return [
      {
        path: pathOf(path, template, location?.start.offset ?? 0),
        message: `${about}; ${quoteAdvice(key)}`,
      },
    ]
  }
}

const syntaxMessages: Record<string, string> = {
  EXPECT_ARGUMENT_CLOSING_BRACE: 'opens a brace that nothing closes',
  UNCLOSED_QUOTE_IN_ARGUMENT_STYLE: 'opens a quote that nothing closes',
  EMPTY_ARGUMENT: 'is an empty pair of braces',
  MALFORMED_ARGUMENT: 'is no name of a placeholder',
  INVALID_ARGUMENT_TYPE: 'is no form of a placeholder',
  MISSING_OTHER_CLAUSE: 'is a plural without the form "other"',
  UNMATCHED_CLOSING_BRACE: 'closes a brace that nothing opened',
}

const placeholdersOf = ({ purpose }: TextKey): string[] =>
  isNotice(purpose) ? ['project'] : ['code', 'project', 'minutes']

const quoteAdvice = (key: TextKey): string =>
  `placeholders are ${placeholdersOf(key)
    .map((name) => `{${name}}`)
    .join(', ')}, and a brace of your own is written '{'`

function validateElements(
  elements: readonly Element[],
  context: { path: string; template: string; key: TextKey },
): Issue[] {
  const { path, template, key } = context
  return elements.flatMap((element): Issue[] => {
    const { type, location } = element
    const issue = (message: string): Issue[] => [
      { path: pathOf(path, template, location?.start.offset ?? 0), message },
    ]
    if (type === kinds.literal || type === kinds.pound) return []
    const name = 'value' in element ? String(element.value) : ''
    if (!placeholdersOf(key).includes(name))
      return issue(`{${name}} is not a placeholder of this text; ${quoteAdvice(key)}`)
    if (type === kinds.argument) return []
    if (name !== 'minutes')
      return issue(`{${name}, …} would change what it shows; write {${name}} and nothing else`)
    if (type === kinds.plural && 'options' in element)
      return Object.values(element.options).flatMap((option) => validateElements(option.value, context))
    const isPlainNumber = type === kinds.number && !('style' in element && element.style)
    return isPlainNumber ? [] : issue('{minutes} is a number: write {minutes}, or a plural of it')
  })
}

/** Every form of the text must contain the code, or no form if the message has no code. */
function validateCode(key: TextKey, draft: TextDraft): Issue[] {
  if (isNotice(key.purpose)) return []
  const compiled = compileText(key, draft)
  const lost = everyMinute.find((minutes) => {
    const { text, html } = compiled(minutes)
    return !text.includes(placeholders.code) || html?.includes(placeholders.code) === false
  })
  if (lost === undefined) return []
  const when = everyMinute.every((minutes) => !compiled(minutes).text.includes(placeholders.code))
    ? 'holds no {code}, and a message without its code helps nobody'
    : `loses {code} where ${lost} ${lost === 1 ? 'minute is' : 'minutes are'} left`
  return [{ path: 'body', message: `${when}; write {code} outside of quotes and of the plural` }]
}

const everyMinute = Array.from({ length: minutesMax }, (_, index) => index + 1)

/** Parts of Markdown that mail does not support. */
function validateMarkdown({ locale }: TextKey, { body }: TextDraft): Issue[] {
  const values = { project: placeholders.project, code: placeholders.code, minutes: minutesMax }
  const written = String(parseTemplate(body, locale).format(values))
  return findUnsupported(parseMarkdown(written)).map(({ piece, message }) => {
    const shown = piece
      .replace(anyPlaceholder, (sign) => (sign === placeholders.code ? '{code}' : '{project}'))
      .split('\n', 1)[0]
    const index = body.indexOf(shown ?? '')
    return {
      path: index < 0 ? 'body' : pathOf('body', body, index),
      message: `"${[...(shown ?? '')].slice(0, 40).join('')}" ${message}`,
    }
  })
}

/** Validates the longest form of the text, with the lines that the project's settings add. */
function validateSms(
  key: TextKey,
  draft: TextDraft,
  project: Pick<Project, 'name' | 'settings'>,
): TextValidation {
  const compiled = compileText(key, draft)
  const hasCode = !isNotice(key.purpose)
  const texts = everyMinute.map((minutes) => renderSms(compiled(minutes), project, hasCode ? sampleCode : ''))
  const [longest] = texts
    .map((text) => ({ text, ...measureSms(text) }))
    .sort((a, b) => b.segments - a.segments || b.length - a.length)
  if (longest === undefined) return { issues: [], warnings: [] }

  const { alphabet, length, segments, text } = longest
  const size = `takes ${segments} SMS (${length} places in ${alphabet})`
  if (segments > segmentsMax)
    return { issues: [{ path: 'body', message: `${size}; shorten it to ${segmentsMax}` }], warnings: [] }

  const warnings: Issue[] = []
  if (segments > 1) warnings.push({ path: 'body', message: `${size}, and each is paid for` })
  const odd = alphabet === 'UCS-2' ? findOddLetters(text) : []
  if (odd.length > 0 && odd.length <= oddMax) {
    const named = odd.map((letter) => `"${letter}"`).join(', ')
    warnings.push({ path: 'body', message: `without ${named} an SMS would hold 160 letters instead of 70` })
  }
  const bytes = Buffer.byteLength(text)
  if (hasCode && project.settings.androidAppHash !== null && bytes > retrieverBytesMax) {
    const message = `is ${bytes} bytes with its last lines; Android apps read at most ${retrieverBytesMax}`
    warnings.push({ path: 'body', message })
  }
  return { issues: [], warnings }
}

/** A text with more letters outside the alphabet than this is in another script, not just mistyped. */
const oddMax = 5

const findOddLetters = (text: string): string[] => [
  ...new Set([...text].filter((letter) => measureSms(letter).alphabet === 'UCS-2')),
]

/** As wide as the widest code. */
const sampleCode = '123456'

/** `body line 2, column 5`. */
function pathOf(path: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `${path} line ${before.length}, column ${[...(before.at(-1) ?? '')].length + 1}`
}
