import { expect, test } from 'vitest'
import { createLog } from './create-log.ts'

test('C2: the log tells an error with its causes, and nothing of what the error carries along', () => {
  const lines: string[] = []
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (address)=(ada@example.test)',
  })
  const error = new Error('the database is not available', { cause })
  createLog('info', { write: (line) => lines.push(line) }).warn({ error }, 'delivery.outbox-unreachable')

  const { error: told } = JSON.parse(lines.join(''))
  expect(told).toMatchObject({
    message: 'the database is not available',
    cause: { message: 'duplicate key', code: '23505' },
  })
  expect(lines.join('')).not.toContain('ada@')
})
