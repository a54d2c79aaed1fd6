const megabyte = 1024 * 1024
const [least, most] = [96, 512]

/**
 * The memory in megabytes in which the embedded PostgreSQL keeps pages: a sixteenth of what there is. Two indexes of a day with a
 * million codes are larger than 96 MB. More than 512 MB would be for somebody whose PostgreSQL should be on a machine of its own.
 * What was never used is not taken from the machine. `limit` is that of the container in bytes; zero or absurdly large where
 * there is none.
 */
export function sharedBuffers({ total, limit }: { total: number; limit: number }): number {
  const available = limit > 0 ? Math.min(total, limit) : total
  return Math.min(most, Math.max(least, Math.floor(available / 16 / megabyte)))
}
