import { parseEmailAddress, parsePhoneNumber } from '../domain/address.ts'
import {
  defaultProjectSettings,
  type ProjectId,
  type ProjectSettings,
  type WorkspaceId,
} from '../domain/project.ts'
import { Secret } from '../domain/secret.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { BusinessStore } from '../engine/ports/businesses.ts'
import type { ImportedAccount, ImportStore } from '../engine/ports/imports.ts'
import type { PasswordHashing } from '../engine/ports/password-hashing.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'

/*
 * The people and projects of the documents' examples, so that each example runs as it stands. Development only: a
 * production server has no account that it did not get from its operator (A7).
 */

const workspaceId = 'WSP_demo' as WorkspaceId

/** In development each dialect has a project of its own, as the five products were five. */
export const demoProjects = {
  citizen: 'PRJ_citizen' as ProjectId,
  account: 'PRJ_account' as ProjectId,
  service: 'PRJ_abc123def456' as ProjectId,
  kikapu: 'PRJ_kikapu' as ProjectId,
  mobile: 'PRJ_mobile' as ProjectId,
}

const demoSettings: Record<keyof typeof demoProjects, Partial<ProjectSettings> & { name: string }> = {
  citizen: { name: 'Citizen demo', region: 'CI', locale: 'fr' },
  account: { name: 'Account demo', locale: 'fr' },
  // Its document sends to a number that no country has; in development every message is caught anyway.
  service: { name: 'Service demo' },
  kikapu: { name: 'Kikapu demo', region: 'TZ' },
  mobile: { name: 'Mobile demo', region: 'IN' },
}

const serviceTokens = 1000
const demoBusiness = { id: 123, name: 'My Store', type: 'retailer', isVerified: true }

export type DemoParts = {
  projects: Pick<ProjectStore, 'find' | 'create'>
  accounts: Pick<AccountStore, 'list'>
  businesses: Pick<BusinessStore, 'create'>
  imports: ImportStore
  hashing: Pick<PasswordHashing, 'hash'>
}

/** Makes what is missing of the demo. Two nodes that start at once find each other's work and go on. */
export async function ensureDemo({
  projects,
  accounts,
  businesses,
  imports,
  hashing,
}: DemoParts): Promise<void> {
  for (const [dialect, id] of Object.entries(demoProjects) as [keyof typeof demoProjects, ProjectId][]) {
    if ((await projects.find(id)) !== null) continue
    const { name, ...settings } = demoSettings[dialect]
    await projects
      .create({
        id,
        workspaceId,
        name,
        settings: { ...defaultProjectSettings, ...settings },
        tokensGranted: dialect === 'service' ? serviceTokens : null,
      })
      .catch(unlessTaken)
  }

  const { citizen, kikapu } = demoProjects
  await addMissing(imports, citizen, demoCitizens)
  if ((await accounts.list({ projectId: kikapu, type: null, after: 0, limit: 1 })).length > 0) return
  await businesses.create({ projectId: kikapu, ...demoBusiness })
  await addMissing(imports, kikapu, [demoOwner, await demoAgent(hashing)])
}

async function addMissing(
  imports: ImportStore,
  projectId: ProjectId,
  people: ImportedAccount[],
): Promise<void> {
  // An address that is there already is the answer that is hoped for.
  await imports.storeAll(projectId, people, { keep: 'good', onProgress: () => {} })
}

function unlessTaken(error: { code?: string }): void {
  const uniqueViolation = '23505'
  if (error.code !== uniqueViolation) throw error
}

const nobody: ImportedAccount = {
  type: 'CITIZEN',
  email: null,
  phone: null,
  firstName: null,
  lastName: null,
  fullName: null,
  agentCode: null,
  assignedArea: null,
  locale: null,
  businessIds: [],
  passwordHash: null,
}

const demoCitizens: ImportedAccount[] = ['0123456789', '9876543210'].map((phone) => ({
  ...nobody,
  phone: parsePhoneNumber(phone, { region: 'CI' }),
}))

const demoPhone = parsePhoneNumber('+255712345678')

const demoOwner: ImportedAccount = {
  ...nobody,
  type: 'BUSINESS',
  email: parseEmailAddress('john@example.com'),
  phone: demoPhone,
  fullName: 'John Doe',
  businessIds: [demoBusiness.id],
}

const demoAgent = async (hashing: DemoParts['hashing']): Promise<ImportedAccount> => ({
  ...nobody,
  type: 'AGENT',
  email: parseEmailAddress('agent@example.com'),
  phone: demoPhone,
  fullName: 'John Agent',
  agentCode: 'AG12345',
  assignedArea: 'Central District',
  passwordHash: await hashing.hash(new Secret('securepassword')),
})
