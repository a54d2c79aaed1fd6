import type { RefusalReason } from '../../carrier.ts'

/*
 * What the answers of an SMSC mean for a message (SMPP 3.4 section 5.1.3). An error about the text or the recipient is the
 * same at every attempt. An error about the link, the login or the SMSC itself may be gone by the next attempt. An error
 * about a field that our settings fill (validity, receipts, types of numbers, parameters of parts) is about us: every
 * message would fail alike, and somebody has to be told.
 */

/** `busy` is a refusal for now that asks for a pause; `queue-full` may be the queue of the recipient alone. */
export type StatusMeaning = 'accepted' | 'busy' | 'queue-full' | RefusalReason

/** The statuses that we send or act on ourselves. */
export const commandStatus = {
  ok: 0x00,
  invalidCommandLength: 0x02,
  invalidCommand: 0x03,
  notBound: 0x04,
  receiverTemporary: 0x64,
} as const

const statuses = new Map<number, [name: string, meaning: StatusMeaning]>([
  [0x00, ['ESME_ROK', 'accepted']],
  [0x01, ['ESME_RINVMSGLEN', 'for-good']],
  [0x02, ['ESME_RINVCMDLEN', 'for-now']],
  [0x03, ['ESME_RINVCMDID', 'for-now']],
  [0x04, ['ESME_RINVBNDSTS', 'for-now']],
  [0x05, ['ESME_RALYBND', 'for-now']],
  [0x06, ['ESME_RINVPRTFLG', 'account']],
  [0x07, ['ESME_RINVREGDLVFLG', 'account']],
  [0x08, ['ESME_RSYSERR', 'for-now']],
  // A sender that is not ours.
  [0x0a, ['ESME_RINVSRCADR', 'account']],
  [0x0b, ['ESME_RINVDSTADR', 'for-good']],
  [0x0c, ['ESME_RINVMSGID', 'for-good']],
  [0x0d, ['ESME_RBINDFAIL', 'account']],
  [0x0e, ['ESME_RINVPASWD', 'account']],
  [0x0f, ['ESME_RINVSYSID', 'account']],
  [0x11, ['ESME_RCANCELFAIL', 'for-now']],
  [0x13, ['ESME_RREPLACEFAIL', 'for-now']],
  [0x14, ['ESME_RMSGQFUL', 'queue-full']],
  [0x15, ['ESME_RINVSERTYP', 'account']],
  [0x33, ['ESME_RINVNUMDESTS', 'for-good']],
  [0x34, ['ESME_RINVDLNAME', 'for-good']],
  [0x40, ['ESME_RINVDESTFLAG', 'for-good']],
  [0x42, ['ESME_RINVSUBREP', 'for-good']],
  [0x43, ['ESME_RINVESMCLASS', 'account']],
  [0x44, ['ESME_RCNTSUBDL', 'for-good']],
  // "Submit failed" and no more: many an SMSC says so of one number, others when their store is full.
  [0x45, ['ESME_RSUBMITFAIL', 'unclear-for-now']],
  [0x48, ['ESME_RINVSRCTON', 'account']],
  [0x49, ['ESME_RINVSRCNPI', 'account']],
  [0x50, ['ESME_RINVDSTTON', 'account']],
  [0x51, ['ESME_RINVDSTNPI', 'account']],
  [0x53, ['ESME_RINVSYSTYP', 'account']],
  [0x54, ['ESME_RINVREPFLAG', 'for-good']],
  [0x55, ['ESME_RINVNUMMSGS', 'for-good']],
  [0x58, ['ESME_RTHROTTLED', 'busy']],
  [0x61, ['ESME_RINVSCHED', 'account']],
  [0x62, ['ESME_RINVEXPIRY', 'account']],
  [0x63, ['ESME_RINVDFTMSGID', 'for-good']],
  [0x64, ['ESME_RX_T_APPN', 'unclear-for-now']],
  [0x65, ['ESME_RX_P_APPN', 'for-good']],
  [0x66, ['ESME_RX_R_APPN', 'for-good']],
  [0x67, ['ESME_RQUERYFAIL', 'for-now']],
  [0xc0, ['ESME_RINVOPTPARSTREAM', 'account']],
  [0xc1, ['ESME_ROPTPARNOTALLWD', 'account']],
  [0xc2, ['ESME_RINVPARLEN', 'account']],
  [0xc3, ['ESME_RMISSINGOPTPARAM', 'account']],
  [0xc4, ['ESME_RINVOPTPARAMVAL', 'account']],
  [0xfe, ['ESME_RDELIVERYFAILURE', 'unclear-for-now']],
  [0xff, ['ESME_RUNKNOWNERR', 'unclear-for-now']],
])

/** What a `command_status` is called and what it means. A vendor's own (0x400 and up) may be about anything. */
export function classifyStatus(status: number): { name: string; meaning: StatusMeaning } {
  const [name, meaning] = statuses.get(status) ?? [
    `command_status 0x${status.toString(16).padStart(8, '0')}`,
    'unclear-for-now',
  ]
  return { name, meaning }
}
