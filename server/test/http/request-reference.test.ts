import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../harness/start-test-app.ts'

/*
 * The word by which the log of a proxy and ours name the same request.
 */

const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

async function start(env: Record<string, string>) {
  const logLines: string[] = []
  const app = await startTestApp({ env, logLines })
  closing.push(app.stop)
  return async (given: string): Promise<{ answered: string | null; isLogged: boolean }> => {
    const { headers } = await app.get('/healthz', { 'x-request-id': given })
    const answered = headers.get('x-request-id')
    return { answered, isLogged: logLines.some((line) => line.includes(`"reference":"${answered}"`)) }
  }
}

const uuid = '0b6e7d0c-5a1f-4a3e-9f57-2f3f1c1d9a11'

test('X-Request-Id is taken over from a proxy of ours, in the answer and in the log', async () => {
  const ask = await start({ TRUST_PROXY: '1' })
  for (const given of [uuid, '7f3a9c2be4d5416688e0c1a2b3d4e5f6', 'Root:1-67891233-abcdef012345678912345678'])
    expect(await ask(given)).toEqual({ answered: given, isLogged: true })
})

test('what is no identifier is replaced: a code, a text, one that is too long', async () => {
  const ask = await start({ TRUST_PROXY: '1' })
  for (const given of [
    '123456',
    'x'.repeat(65),
    '"},{"event":"forged',
    'ada@example.test 123456',
    '-'.repeat(20),
  ]) {
    const { answered, isLogged } = await ask(given)
    expect([given, answered]).not.toEqual([given, given])
    expect(isLogged).toBe(true)
  }
})

test('without a proxy of ours nobody chooses what the log says', async () => {
  const ask = await start({})
  expect((await ask(uuid)).answered).not.toBe(uuid)
})
