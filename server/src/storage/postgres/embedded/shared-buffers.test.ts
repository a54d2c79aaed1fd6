import { expect, test } from 'vitest'
import { sharedBuffers } from './shared-buffers.ts'

const gigabyte = 1024 ** 3

test.each([
  ['a machine of 512 MB', 0.5, 0, 96],
  ['of 1.5 GB, the last with as little', 1.5, 0, 96],
  ['of 2 GB', 2, 0, 128],
  ['of 8 GB, the first with as much', 8, 0, 512],
  ['of 64 GB', 64, 0, 512],
  ['a container of 4 GB on it', 64, 4, 256],
  ['a container of 512 MB on it', 64, 0.5, 96],
  ['no limit, as cgroup v1 writes it', 4, 2 ** 33, 256],
])('%s: a sixteenth, between 96 and 512 MB', (_, total, limit, expected) => {
  expect(sharedBuffers({ total: total * gigabyte, limit: limit * gigabyte })).toBe(expected)
})
