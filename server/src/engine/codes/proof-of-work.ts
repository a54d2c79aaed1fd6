import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Limit } from '../../domain/limit.ts'
import type { Project, ProjectId } from '../../domain/project.ts'
import {
  canonicalWork,
  makeWork,
  solvesWork,
  type WorkParameters,
  workLifeSeconds,
} from '../../domain/proof-of-work.ts'
import type { Secret } from '../../domain/secret.ts'

/** A proof of work to do, in the format of ALTCHA's widget. */
export type Work = { parameters: WorkParameters; signature: string }

/** A solved proof of work. It allows one send until it expires. */
export type SolvedWork = { use: Limit; expiresAt: Date }

/** Makes proofs of work for keyless senders, and verifies their solutions (S10). */
export type ProofOfWork = {
  /** As much work as the project requires. One that requires none has some for senders who are refused without it. */
  issue(project: Project): Promise<Work>
  /** Null for anything but the solution of a proof of work that was made for this project, and not changed since. */
  read(project: Project, solution: string | null): SolvedWork | null
}

export type ProofOfWorkParts = {
  secrets: { current: Secret; previous: Secret | null }
  /** The database's clock, which alone decides what has expired (V10). */
  readClock: () => Promise<Date>
}

const solutionLengthMax = 2_048

/** About two seconds on a phone: it is done for a code that would otherwise wait until the next day. */
const voluntaryHashes = 100_000

export function createProofOfWork({ secrets, readClock }: ProofOfWorkParts): ProofOfWork {
  const key = deriveWorkKey(secrets.current)
  const keys = secrets.previous === null ? [key] : [key, deriveWorkKey(secrets.previous)]

  return {
    async issue({ id, settings: { proofOfWork } }) {
      const expiresAt = new Date((await readClock()).getTime() + workLifeSeconds * 1000)
      const parameters = makeWork(proofOfWork ?? voluntaryHashes, expiresAt, randomBytes(32))
      return { parameters, signature: sign(key, id, parameters).toString('hex') }
    },

    read({ id }, solution) {
      const solved = parseSolution(solution)
      if (solved === null) return null
      const { parameters, signature, counter } = solved
      const isOurs = keys.some((known) => timingSafeEqual(sign(known, id, parameters), signature))
      if (!isOurs || !solvesWork(parameters, counter)) return null
      return {
        use: { scope: 'puzzles', key: parameters.nonce, max: 1, windowSeconds: 2 * workLifeSeconds },
        expiresAt: new Date(parameters.expiresAt * 1000),
      }
    },
  }
}

/** Signs the project as well, so that a proof of work for one project is invalid in another. */
const sign = (key: Buffer, projectId: ProjectId, parameters: WorkParameters): Buffer =>
  createHmac('sha256', key)
    .update(`${projectId}\n${canonicalWork(parameters)}`)
    .digest()

type Solution = { parameters: WorkParameters; signature: Buffer; counter: number }

/** Parses base64 of `{challenge: {parameters, signature}, solution: {counter, …}}` and drops unknown members. */
function parseSolution(text: string | null): Solution | null {
  if (text === null || text.length > solutionLengthMax) return null
  const payload = parseJson(Buffer.from(text, 'base64').toString())
  const challenge = field(payload, 'challenge')
  const given = field(challenge, 'parameters')
  const signature = field(challenge, 'signature')
  const counter = field(field(payload, 'solution'), 'counter')
  const [cost, expiresAt] = [field(given, 'cost'), field(given, 'expiresAt')]
  const [keyPrefix, nonce, salt] = [field(given, 'keyPrefix'), field(given, 'nonce'), field(given, 'salt')]

  if (!isWhole(counter, 2 ** 32 - 1) || !isWhole(cost, 1_000_000) || !isWhole(expiresAt, 2 ** 40)) return null
  if (!isHex(keyPrefix, 1, 8) || !isHex(nonce, 32, 32) || !isHex(salt, 32, 32) || !isHex(signature, 64, 64))
    return null
  return {
    parameters: { algorithm: 'SHA-256', cost, expiresAt, keyLength: 32, keyPrefix, nonce, salt },
    signature: Buffer.from(signature, 'hex'),
    counter,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

const isWhole = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max

const isHex = (value: unknown, min: number, max: number): value is string =>
  typeof value === 'string' && value.length >= min && value.length <= max && /^[0-9a-f]+$/.test(value)

/** HKDF-SHA-256 (RFC 5869), with its own label, so that no key has two uses. */
const deriveWorkKey = (secret: Secret): Buffer =>
  Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', 'watchword/puzzles/1', 32))
