import type { Project } from '../../domain/project.ts'
import type { ReadRecords } from '../../engine/codes/read-records.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import { renderRateLimit, renderRefusal } from './envelope.ts'
import { accessErrors } from './project-access.ts'
import { type ReadParts, readRefusals } from './records.ts'
import { answersOf, meanings, projectHeaders, tokenInfoAnswer, withRateLimit } from './schemas.ts'

/** `GET /api/v1/otp/token-info`. */
export const tokenInfoRoute = ({ admit, readRecords }: ReadParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/api/v1/otp/token-info',
    access: 'api-key',
    summary: 'Check current token usage for your project',
    headers: projectHeaders,
    answers: { 200: withRateLimit(tokenInfoAnswer), ...answersOf([accessErrors, readRefusals], meanings) },
    admit,
    handle: (call, { project }) => read(readRecords, project, call),
  })

async function read(readRecords: ReadRecords, project: Project, { locale }: Call): Promise<Answer> {
  const outcome = await readRecords.tokens(project)
  if (!outcome.ok) return renderRefusal(readRefusals[outcome.refusal], outcome, locale)
  return { status: 200, body: renderTokens(outcome.value), headers: renderRateLimit(outcome.usage) }
}

/** A grant that was lowered below what is used leaves zero, not a negative number. */
const renderTokens = ({ granted, used }: { granted: number | null; used: number }) => ({
  tokens: granted,
  tokensUsed: used,
  remainingTokens: granted === null ? null : Math.max(0, granted - used),
  hasUnlimitedTokens: granted === null,
})
