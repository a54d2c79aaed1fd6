import { createHash, timingSafeEqual } from 'node:crypto'
import { hasProject, suffices } from '../domain/operator.ts'
import type { Secret } from '../domain/secret.ts'
import { hashToken, parseOperatorToken } from '../engine/codes/opaque-tokens.ts'
import type { OpenOperatorSession, OperatorSessionStore } from '../engine/ports/operator-sessions.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { Admission, Answer, Call, Route } from '../http/dialect.ts'
import { operatorCookie, readCookie } from '../http/operator-cookie.ts'
import { isJson, isSameOrigin } from '../http/same-origin.ts'
import { noSuchProject, renderError } from './answers.ts'
import { errors } from './errors.ts'
import type { AdminRoute, Identity, SessionRoute } from './route.ts'

export type AccessParts = {
  /** Null admits no program. */
  token: Secret | null
  operatorSessions: Pick<OperatorSessionStore, 'find'>
  projects: Pick<ProjectStore, 'list'>
}

/** What admits callers to the routes of each sort. */
export type Access = {
  toRoute(route: AdminRoute): (call: Call) => Promise<Admission<Identity>>
  toOwnSession(route: SessionRoute): (call: Call) => Promise<Admission<OpenOperatorSession>>
  /** To the routes for the second factor: only sessions that miss it. */
  toSecondFactor(call: Call): Promise<Admission<OpenOperatorSession>>
}

/** Programs are known by the admin token, operators by the cookie of their session. */
export function createAccess({ token, operatorSessions, projects }: AccessParts): Access {
  const isRightToken = createIsRightToken(token)

  const findSession = async ({ headers }: Call): Promise<OpenOperatorSession | null> => {
    const given = parseOperatorToken(readCookie(headers.cookie, operatorCookie))
    return given === null ? null : operatorSessions.find(hashToken(given))
  }

  const identify = async (call: Call, route: Pick<Route, 'method'>): Promise<Admission<Identity>> => {
    if (call.headers.authorization !== undefined)
      return isRightToken(call) ? { ok: true, context: program } : refuse(tokenNeeded)
    const found = await findSession(call)
    if (found === null || !found.session.isComplete) return refuse(tokenNeeded)
    const { id: actor, role, projects } = found.operator
    return whyForged(call, route) ?? { ok: true, context: { actor, role, projects } }
  }

  /** Null if the caller has the projects that the route concerns. */
  const whyOutOfReach = async (
    { projects: own }: Identity,
    { path, reach }: AdminRoute,
    { projectId }: Call['params'],
  ): Promise<Answer | null> => {
    if (path.includes('/:projectId') && !hasProject(own, projectId ?? '')) return noSuchProject()
    if (own === null || reach === 'listed') return null
    if (projectId === undefined) return renderError(errors.allProjectsNeeded)
    if (reach !== 'workspace') return null
    const all = await projects.list()
    const workspaceId = all.find(({ id }) => id === projectId)?.workspaceId
    const others = all.filter((project) => project.workspaceId === workspaceId)
    return others.every(({ id }) => hasProject(own, id)) ? null : renderError(errors.workspaceNeeded)
  }

  return {
    toRoute: (route) => async (call) => {
      const admission = await identify(call, route)
      if (!admission.ok) return admission
      const outOfReach = await whyOutOfReach(admission.context, route, call.params)
      if (outOfReach !== null) return refuse(outOfReach)
      return suffices(admission.context.role, route.role) ? admission : refuse(renderError(errors.roleTooLow))
    },

    toOwnSession: (route) => async (call) => {
      const found = await findSession(call)
      if (found === null || (!found.session.isComplete && route.isForIncomplete !== true))
        return refuse(renderError(errors.signInNeeded))
      return whyForged(call, route) ?? { ok: true, context: found }
    },

    async toSecondFactor(call) {
      const found = await findSession(call)
      if (found === null || found.session.isComplete) return refuse(renderError(errors.signInNeeded))
      return whyForged(call, { method: 'POST' }) ?? { ok: true, context: found }
    },
  }
}

/** Programs have the rights of an owner. */
const program: Identity = { actor: 'admin-token', role: 'owner', projects: null }

const refuse = (answer: Answer): { ok: false; answer: Answer } => ({ ok: false, answer })

/**
 * Browsers send the cookie by themselves, so a change must come from a page of ours. The cookie does not travel with requests that
 * other sites cause (`SameSite`); that other hosts of the same site are none of ours, only this tells.
 */
export function whyForged(
  call: Call,
  { method }: Pick<Route, 'method'>,
): { ok: false; answer: Answer } | null {
  if (method === 'GET') return null
  if (!isSameOrigin(call)) return refuse(renderError(errors.otherOrigin))
  return isJson(call) ? null : refuse(renderError(errors.jsonNeeded))
}

function createIsRightToken(token: Secret | null): (call: Call) => boolean {
  // Digests have one length, so comparing them does not reveal the length of the token either.
  const expected = token === null ? null : digest(token.reveal())
  return ({ headers }) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? '')) ?? []
    return expected !== null && given !== undefined && timingSafeEqual(digest(given), expected)
  }
}

const tokenNeeded = { ...renderError(errors.tokenNeeded), headers: { 'www-authenticate': 'Bearer' } }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
