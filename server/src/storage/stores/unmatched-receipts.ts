import type { Receipt, ReceiptState } from '../../domain/receipt.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'

/*
 * Reports without their message. A provider may call back before the attempt that it reports on is committed, and it
 * also reports messages that the same account sent without us; only time can tell which of the two it is.
 */

/** After the last of these a report is about no message of ours. */
const pauseSeconds = [1, 2, 5, 15, 30, 60]
/** More than this are reports on somebody else's messages; without a bound they would fill the disk. */
const keptMax = 100_000

/** A report, and how often it was looked up without its message. */
export type KeptReceipt = Receipt & { tries?: number }

type UnmatchedRow = {
  carrier: string
  carrier_message_id: string
  state: ReceiptState
  detail: string | null
  tries: number
}

/** Takes the due reports out of the table; the caller puts back those that are still unmatched. */
export async function takeUnmatchedReceipts(tx: Transaction): Promise<KeptReceipt[]> {
  const rows = await tx.query<UnmatchedRow>(
    'unmatched-receipts-take',
    `delete from early_receipts e
    using (
      select carrier, carrier_message_id, state
      from early_receipts
      where next_at <= clock_now()
      order by next_at
      limit 500
      for update skip locked
    ) due
    where e.carrier = due.carrier and e.carrier_message_id = due.carrier_message_id and e.state = due.state
    returning e.carrier, e.carrier_message_id, e.state, e.detail, e.tries`,
  )
  return rows.map(({ carrier_message_id: carrierMessageId, ...row }) => ({ ...row, carrierMessageId }))
}

const kept = rowList({
  carrier: 'text',
  id: 'text',
  state: 'text',
  detail: 'text',
  tries: 'smallint',
  seconds: 'integer',
})

/** Keeps reports for another lookup, as long as one is worthwhile. */
export async function postponeUnmatchedReceipts(tx: Transaction, receipts: KeptReceipt[]): Promise<void> {
  const rows = receipts.flatMap(({ carrier, carrierMessageId: id, state, detail, tries = 0 }) => {
    const seconds = pauseSeconds[tries]
    return seconds === undefined ? [] : [{ carrier, id, state, detail, tries: tries + 1, seconds }]
  })
  if (rows.length === 0) return
  await tx.query(
    'unmatched-receipts-keep',
    `insert into early_receipts (carrier, carrier_message_id, state, detail, tries, next_at)
    select i.carrier, i.id, i.state, i.detail, i.tries, clock_now() + make_interval(secs => i.seconds)
    from ${kept.from}
    where (select count(*) from (select from early_receipts limit ${kept.after(1)}) found) < ${kept.after(1)}
    order by i.carrier, i.id, i.state
    on conflict (carrier, carrier_message_id, state) do nothing`,
    [...kept.values(rows), keptMax],
  )
}
