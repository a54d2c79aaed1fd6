import { parseEmailAddress } from '../../domain/email-address.ts'
import {
  hasProject,
  nameOfAddress,
  type Operator,
  type OperatorId,
  type OperatorRole,
  whyUnfit,
} from '../../domain/operator.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { OperatorSessionStore } from '../ports/operator-sessions.ts'
import type { ListedOperator, OperatorChange, OperatorRefusal, OperatorStore } from '../ports/operators.ts'
import type { ProjectStore } from '../ports/projects.ts'
import type { SecondFactorStore } from '../ports/second-factors.ts'
import type { MailLink, MakeLink, SignInLink } from './operator-links.ts'

export type InviteRefusal = 'not-an-address' | 'taken' | 'project-unknown' | 'unfit'

export type Invited = SignInLink & { operator: Operator; isMailed: boolean }

export type ManageOperators = {
  list(): Promise<ListedOperator[]>
  find(id: OperatorId): Promise<ListedOperator | null>
  /** The operator of an address in any spelling. */
  findByEmail(email: string): Promise<Operator | null>
  invite(wanted: {
    email: string
    role: OperatorRole
    name: string | null
    projects: readonly ProjectId[] | null
  }): Promise<({ ok: true } & Invited) | { ok: false; refusal: InviteRefusal }>
  /** A new link for an operator; null if there is no such operator. */
  sendLink(id: OperatorId): Promise<Invited | null>
  change(
    id: OperatorId,
    change: OperatorChange,
  ): Promise<{ ok: true } | { ok: false; refusal: OperatorRefusal | 'project-unknown' }>
  remove(id: OperatorId): Promise<{ ok: true } | { ok: false; refusal: OperatorRefusal }>
  /** Ends every session; null if there is no such operator. */
  signOut(id: OperatorId): Promise<number | null>
  /** Removes every second factor; false if there is no such operator. */
  removeSecondFactors(id: OperatorId): Promise<boolean>
}

export type ManageOperatorsParts = {
  operators: OperatorStore
  operatorSessions: Pick<OperatorSessionStore, 'endAll'>
  secondFactors: Pick<SecondFactorStore, 'removeAll'>
  projects: Pick<ProjectStore, 'find'>
  makeLink: MakeLink
  mailLink: MailLink
}

/** The operations on operators. */
export function createManageOperators({
  operators,
  operatorSessions,
  secondFactors,
  projects,
  makeLink,
  mailLink,
}: ManageOperatorsParts): ManageOperators {
  const areKnown = async (ids: readonly ProjectId[] | null): Promise<boolean> =>
    (ids ?? []).every((id) => hasProject(null, id)) &&
    (await Promise.all((ids ?? []).map((id) => projects.find(id)))).every((project) => project !== null)

  const linkFor = async (operator: Operator): Promise<Invited | null> => {
    const link = await makeLink(operator)
    return link === null ? null : { ...link, operator, isMailed: await mailLink(operator, link) }
  }

  return {
    list: () => operators.list(),
    find: (id) => operators.find(id),

    async findByEmail(written) {
      const email = parseEmailAddress(written)
      return email === null ? null : operators.findByEmail(email)
    },

    async invite({ email: written, role, name, projects: named }) {
      const email = parseEmailAddress(written)
      if (email === null) return { ok: false, refusal: 'not-an-address' }
      if (whyUnfit({ role, projects: named }) !== null) return { ok: false, refusal: 'unfit' }
      if (!(await areKnown(named))) return { ok: false, refusal: 'project-unknown' }
      const wanted = { email, role, name: name ?? nameOfAddress(email), projects: named }
      const operator = await operators.insert(wanted)
      const invited = operator === null ? null : await linkFor(operator)
      return invited === null ? { ok: false, refusal: 'taken' } : { ok: true, ...invited }
    },

    async sendLink(id) {
      const operator = await operators.find(id)
      return operator === null ? null : linkFor(operator)
    },

    async change(id, change) {
      if (change.projects !== undefined && !(await areKnown(change.projects)))
        return { ok: false, refusal: 'project-unknown' }
      return operators.change(id, change)
    },

    remove: (id) => operators.remove(id),

    async signOut(id) {
      return (await operators.find(id)) === null ? null : operatorSessions.endAll(id, null)
    },

    async removeSecondFactors(id) {
      if ((await operators.find(id)) === null) return false
      await secondFactors.removeAll(id)
      return true
    },
  }
}
