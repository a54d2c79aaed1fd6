import { parseDisplayText } from '../../domain/display-text.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ImportedAccount, ImportKeep, ImportResult, ImportStore } from '../ports/imports.ts'

export type ImportAccounts = (command: {
  projectId: ProjectId
  accounts: ImportedAccount[]
  keep?: ImportKeep
  /** Called with the number of accounts processed so far. */
  onProgress?: (done: number) => void
}) => Promise<ImportResult>

/** Imports accounts of another system. Their addresses count as proven, and no message is sent. */
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
