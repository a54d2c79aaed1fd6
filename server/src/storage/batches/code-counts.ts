import type { Channel } from '../../domain/address.ts'
import type { ChallengeId, Content } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction } from '../postgres/sql.ts'

/*
 * The counts of codes by hour, from which statistics, totals and deep pages of records are read. Each batch adds what it
 * commits, so that they agree with the codes in every snapshot. Sends and checks add to rows of their own, because a row is
 * locked until the commit is on disk.
 */

/** A code that was sent, or verified. */
export type CountedCode = {
  projectId: ProjectId
  purpose: PurposeName
  channel: Channel
  id: ChallengeId
  content: Content
}

const added = rowList({
  project_id: 'text',
  purpose: 'text',
  hour: 'timestamptz',
  outcome: 'text',
  channel: 'text',
  count: 'bigint',
})
// In the order of the key, so that two batches cannot deadlock on each other's rows.
const addSql = `
  insert into code_counts as k (${added.columns})
  select ${added.columns}
  from ${added.from}
  order by project_id, purpose, hour, outcome, channel
  on conflict (project_id, purpose, hour, outcome, channel) do update set count = k.count + excluded.count`

/** Sends what a batch adds to the counts. Decoys and notices are no codes. */
export function writeCodeCounts(
  tx: BatchTransaction,
  outcome: 'sent' | 'verified',
  codes: readonly CountedCode[],
): void {
  const counts = new Map<string, { code: CountedCode; count: number }>()
  for (const code of codes) {
    if (code.content !== 'code') continue
    const name = `${code.projectId} ${code.purpose} ${code.channel} ${hourOf(code.id)}`
    const counted = counts.get(name)
    if (counted === undefined) counts.set(name, { code, count: 1 })
    else counted.count += 1
  }
  const rows = [...counts.values()].map(({ code: { projectId, purpose, channel, id }, count }) => ({
    project_id: projectId,
    purpose,
    hour: new Date(hourOf(id) * hourMilliseconds),
    outcome,
    channel,
    count,
  }))
  if (rows.length > 0) tx.write('code-counts-add', addSql, added.values(rows))
}

const hourMilliseconds = 3_600_000

/** The hour of UTC in which a code was sent: its id begins with the second. */
const hourOf = (id: ChallengeId): number => Math.floor(Number.parseInt(id.slice(0, 8), 16) / 3_600)
