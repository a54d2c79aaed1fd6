import type { SecretFingerprints } from '../../domain/master-secret.ts'

/*
 * A backup is lines of text, compressed with gzip. The first is the head, as JSON. Each table begins with `# name`, and each of its
 * rows is a line of JSON as PostgreSQL writes it, so no value is ever read by JavaScript. The last line counts the rows, so
 * that a file that was cut off is noticed.
 */

export const formatVersion = 1

export type BackupHead = {
  /** Of this format. */
  watchwordBackup: number
  /** The program that has written it. */
  version: string
  /** The newest migration of its schema. */
  migration: string
  createdAt: string
  fingerprints: SecretFingerprints
  /** The days that the partitioned tables have a partition for: `20261127`. */
  days: string[]
}

export const tableMark = '# '
export const endMark = '#end '

/** What was written, or restored. */
export type BackupCount = { rows: number; tables: number }
