import { codeOf } from './bench-server.mjs'

/*
 * The requests of `service` that benchmarks send: a send to an address of its own each, and the check of each code.
 */

export const paths = {
  send: '/api/v1/otp/send',
  check: '/api/v1/otp/verify',
  records: '/api/v1/otp/records',
  stats: '/api/v1/otp/stats',
}

/**
 * An address for each request of each round. They begin differently, so that they are spread over the whole index as those
 * of real people are; side by side they would all meet the same pages.
 */
export function addressOf(round, index) {
  const spread = (Math.imul(index + round * 1_000_003, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')
  return `${spread}.${round}.${index}@example.test`
}

export const sendBodies = (round, count) =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({ target: addressOf(round, index), channel: 'email', recordId: `order_${index}` }),
  )

/** The right code of every send of a round; `answers` are those that the sends got, null for one that was refused. */
export const checkBodies = (round, { answers, projectId }) =>
  answers.flatMap((answer, index) => {
    if (answer === null) return []
    const address = addressOf(round, index)
    const code = codeOf({ id: JSON.parse(answer).recordId, projectId, purpose: 'service', address })
    return JSON.stringify({ target: address, code, recordId: `order_${index}` })
  })

/** Throws unless every check found its code right. */
export function assertAllValid(answers) {
  const wrong = answers.find((answer) => !answer.startsWith('{"valid":true'))
  if (wrong !== undefined) throw new Error(`a right code was answered ${wrong}`)
}
