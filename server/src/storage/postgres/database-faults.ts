import { Unavailable } from '../../engine/ports/unavailable.ts'
import { Unstorable } from '../../engine/ports/unstorable.ts'

/*
 * The faults of PostgreSQL and of the connection to it, and which of them are temporary.
 */

/** SQLSTATE classes and codes of temporary faults (PostgreSQL, appendix A), and Node's names for a lost peer. */
const temporaryStates = /^(08|53|57P|25006|25P03|55P03|57014|40001|40P01)/
const passingSystemErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
])
const passingMessages =
  /Connection terminated|timeout exceeded|Query read timeout|Client has encountered a connection error/

/** Class 22, data exception: a value that PostgreSQL does not take. */
const dataStates = /^22/

/** The fault that callers see: `Unavailable` if it is temporary, `Unstorable` if a value can never be stored. */
export function asFault(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string }
  const isTemporary =
    temporaryStates.test(code ?? '') ||
    passingSystemErrors.has(code ?? '') ||
    passingMessages.test(message ?? '')
  if (isTemporary) return new Unavailable('the database is not available', { cause: error })
  return dataStates.test(code ?? '') ? new Unstorable(message, { cause: error }) : error
}

export const throwFault = (error: unknown): never => {
  throw asFault(error)
}

/**
 * Whether a row had no partition to go to: a check violation that names no constraint. The partitions end two days ahead, and
 * the clock of a machine that was suspended may be further than that.
 */
export const isPartitionMissing = (error: unknown): boolean => {
  const { code, constraint } = error as { code?: string; constraint?: string }
  return code === '23514' && constraint === undefined
}

/** Whether others have changed what a transaction had read: nothing of it was stored, and repeating it may succeed. */
export const isConflict = (fault: unknown): boolean =>
  fault instanceof Unavailable && /^(40001|40P01)$/.test((fault.cause as { code?: string })?.code ?? '')

/** Whether a lock was not granted in time. */
export const isLocked = (fault: unknown): boolean =>
  fault instanceof Unavailable && (fault.cause as { code?: string })?.code === '55P03'

/** Whether the connection can no longer be used. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return (
    // 25P03: the server ended an idle transaction, and its connection with it.
    /^(08|57P0|25P03)/.test(code ?? '') ||
    passingSystemErrors.has(code ?? '') ||
    passingMessages.test(message ?? '')
  )
}

/** Whether so much time has already passed that another try would keep the caller waiting too long (I9). */
export const isTimeOut = (error: unknown): boolean =>
  /timeout/i.test((error as { message?: string }).message ?? '')
