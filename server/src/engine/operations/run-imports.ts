import { randomBytes } from 'node:crypto'
import type { AccountType } from '../../domain/account.ts'
import type { Actor } from '../../domain/operator.ts'
import type { Project } from '../../domain/project.ts'
import type { ImportJob, ImportJobReport, ImportJobStore } from '../ports/import-jobs.ts'

export type ImportRequest = {
  project: Project
  /** The text of a file. */
  content: string
  /** Of lines that name none. */
  type: AccountType
  isAllOrNothing: boolean
  skipsUnknownColumns: boolean
  dropsForeignPasswords: boolean
  /** Who imports, for the events of the accounts. */
  actor: Actor
}

/** Reads a file and stores its accounts. */
export type ImportText = (
  request: ImportRequest,
  onShare: (share: number) => void,
) => Promise<ImportJobReport>

/** Imports users in the background. */
export type RunImports = {
  /** Null while another import of the project runs. */
  start(request: ImportRequest): Promise<ImportJob | null>
  /** Waits for what runs, which ends with the node. Whoever looks sees that it was interrupted. */
  stop(): Promise<void>
}

export type RunImportsParts = {
  importJobs: ImportJobStore
  importText: ImportText
  nodeId: string
  isEnding: () => boolean
  onFault: (fault: unknown) => void
}

const progressMilliseconds = 500

const nothingRead: ImportJobReport = {
  lines: 0,
  stored: 0,
  withoutPassword: 0,
  skipped: [],
  badLines: 0,
  bad: [],
  problem: null,
}

export function createRunImports({
  importJobs,
  importText,
  nodeId,
  isEnding,
  onFault,
}: RunImportsParts): RunImports {
  const running = new Set<Promise<void>>()

  const run = async (job: ImportJob, request: ImportRequest): Promise<void> => {
    let toldAt = performance.now()
    const tell = (share: number): void => {
      if (isEnding()) throw new Error('the node ends')
      const now = performance.now()
      if (now - toldAt < progressMilliseconds) return
      toldAt = now
      importJobs.progress(job, share).catch(onFault)
    }
    try {
      const report = await importText(request, tell)
      await importJobs.end(job, { state: report.problem === null ? 'finished' : 'failed', report })
    } catch (fault) {
      // Its state stays as it is: what runs on a node that is not there was interrupted.
      if (isEnding()) return
      onFault(fault)
      const report = { ...nothingRead, problem: 'The server could not go on; some lines may be stored' }
      await importJobs.end(job, { state: 'failed', report }).catch(onFault)
    }
  }

  return {
    async start(request) {
      const id = `IMP_${randomBytes(6).toString('hex')}`
      const job = await importJobs.create({ projectId: request.project.id, id, nodeId })
      if (job === null) return null
      const work = run(job, request).finally(() => running.delete(work))
      running.add(work)
      return job
    },
    async stop() {
      await Promise.all(running)
    },
  }
}
