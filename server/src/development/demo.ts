import { type EmailAddress, parseEmailAddress, parsePhoneNumber } from '../domain/address.ts'
import { defaultProjectSettings, type ProjectSettings, type WorkspaceId } from '../domain/project.ts'
import { Secret } from '../domain/secret.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { BusinessStore } from '../engine/ports/businesses.ts'
import type { ImportedAccount, ImportStore } from '../engine/ports/imports.ts'
import type { PasswordHashing } from '../engine/ports/password-hashing.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { DemoPerson, DialectDemo } from '../http/dialect-manifest.ts'

/*
 * The people and projects of the documents' examples, so that each example runs unchanged. Each dialect has its own
 * project, as its product had. Development only: a production server has only accounts that came from its operator
 * (A7).
 */

const workspaceId = 'WSP_demo' as WorkspaceId

/** The operator of development, whose codes arrive in the inbox. */
export const demoOwner = { email: 'owner@example.com' as EmailAddress, name: 'Owner' }

export type DemoParts = {
  projects: Pick<ProjectStore, 'summarize' | 'create'>
  accounts: Pick<AccountStore, 'list'>
  businesses: Pick<BusinessStore, 'create'>
  imports: ImportStore
  hashing: Pick<PasswordHashing, 'hash'>
}

/** Creates the demo data that is missing. Two nodes that start at once find each other's work and continue. */
export async function ensureDemos(demos: readonly DialectDemo[], parts: DemoParts): Promise<void> {
  for (const demo of demos) {
    await ensureProject(demo, parts)
    await ensurePeople(demo, parts)
  }
}

async function ensureProject(
  { projectId: id, name, settings, tokensGranted = null }: DialectDemo,
  { projects }: DemoParts,
): Promise<void> {
  if ((await projects.summarize(id)) !== null) return
  await projects
    .create({ id, workspaceId, name, settings: { ...defaultProjectSettings, ...settings }, tokensGranted })
    .catch(unlessTaken)
}

async function ensurePeople(
  { projectId, settings, businesses: shops = [], people = [] }: DialectDemo,
  { accounts, businesses, imports, hashing }: DemoParts,
): Promise<void> {
  if (people.length === 0) return
  if ((await accounts.list({ projectId, type: null, after: 0, limit: 1 })).length > 0) return
  for (const shop of shops) await businesses.create({ projectId, ...shop })
  const imported = people.map((person) => importedAccount(person, settings?.region ?? null, hashing))
  // An address that already exists is the expected answer.
  await imports.storeAll(projectId, await Promise.all(imported), { keep: 'good', onProgress: () => {} })
}

function unlessTaken(error: { code?: string }): void {
  const uniqueViolation = '23505'
  if (error.code !== uniqueViolation) throw error
}

async function importedAccount(
  { email, phone, password, businessIds = [], ...person }: DemoPerson,
  region: ProjectSettings['region'],
  hashing: DemoParts['hashing'],
): Promise<ImportedAccount> {
  return {
    firstName: null,
    lastName: null,
    fullName: null,
    agentCode: null,
    assignedArea: null,
    locale: null,
    isActive: true,
    ...person,
    isEmailVerified: true,
    isPhoneVerified: true,
    email: email === undefined ? null : parseEmailAddress(email),
    phone: phone === undefined ? null : parsePhoneNumber(phone, { region }),
    businessIds: [...businessIds],
    passwordHash: password === undefined ? null : await hashing.hash(new Secret(password)),
  }
}
