import { parseDisplayText } from '../../domain/display-text.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ImportedAccount, ImportKeep, ImportResult, ImportStore } from '../ports/imports.ts'

export type ImportAccounts = (command: {
  projectId: ProjectId
  accounts: ImportedAccount[]
  keep?: ImportKeep
  /** How many have been looked at so far. */
  onProgress?: (done: number) => void
}) => Promise<ImportResult>

/** Brings in accounts that another system has kept. What is imported counts as proven; nobody is told of it. */
export function createImportAccounts({ imports }: { imports: ImportStore }): ImportAccounts {
  return ({ projectId, accounts, keep = 'good', onProgress = () => {} }) =>
    imports.storeAll(projectId, accounts.map(withCleanTexts), { keep, onProgress })
}

const withCleanTexts = (account: ImportedAccount): ImportedAccount => ({
  ...account,
  firstName: parseDisplayText(account.firstName),
  lastName: parseDisplayText(account.lastName),
  fullName: parseDisplayText(account.fullName),
  agentCode: parseDisplayText(account.agentCode),
  assignedArea: parseDisplayText(account.assignedArea),
})
