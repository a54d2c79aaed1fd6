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

/** Imports accounts of another system. No message is sent. */
export function createImportAccounts({
  imports,
}: {
  imports: Pick<ImportStore, 'storeAll'>
}): ImportAccounts {
  return ({ projectId, accounts, keep = 'good', onProgress = () => {} }) =>
    imports.storeAll(projectId, accounts.map(withCleanTexts), { keep, onProgress })
}

/** Stores one account that an operator writes, in the same way. */
export const createStoreAccount =
  ({ imports }: { imports: Pick<ImportStore, 'storeOne'> }) =>
  (projectId: ProjectId, account: ImportedAccount): ReturnType<ImportStore['storeOne']> =>
    imports.storeOne(projectId, withCleanTexts(account))

const withCleanTexts = (account: ImportedAccount): ImportedAccount => ({
  ...account,
  firstName: parseDisplayText(account.firstName),
  lastName: parseDisplayText(account.lastName),
  fullName: parseDisplayText(account.fullName),
  agentCode: parseDisplayText(account.agentCode),
  assignedArea: parseDisplayText(account.assignedArea),
})
