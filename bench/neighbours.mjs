import { createPasswordHashing } from '../server/dist/passwords/password-hashing.js'
import { Secret } from '../server/dist/domain/secret.js'
import { insertAccounts } from './accounts.mjs'
import { codeOf } from './bench-server.mjs'
import { measureBurst } from './burst.mjs'
import { addressOf } from './service-load.mjs'

/*
 * What stands beside sends and checks, on the project of `account` that a development server has: a login by code, one by
 * password, a refresh and a look at oneself. Argon2 alone bounds logins by password, so its speed is measured as well.
 */

const projectId = 'PRJ_account'
const password = 'a quiet otter sinks'
/** More would wait than the server lets wait for a hash, and some be refused. */
const passwordConnections = 64

/** What is measured, in the order in which one thing needs the other. */
export const neighbourNames = {
  codeSend: 'a code to log in',
  codeLogin: 'login by code',
  refresh: 'refresh',
  me: 'me',
  passwordLogin: 'login by password',
}

/**
 * Makes the measurement of a round: `count` requests of each kind, and a twentieth of that by password. Every round is about
 * people of its own, so no cap is reached.
 */
export async function createNeighbours({ server, database, load, count }) {
  const hashing = createPasswordHashing()
  const hash = await hashing.hash(new Secret(password))
  const logIn = createCodeLogins({ server, database, load, passwordHash: hash.reveal() })
  const measure = measureIn({ server, load })

  return async (round) => {
    const { addresses, codeSend, codeLogin } = await logIn(round, count)
    const opened = codeLogin.answers.map((answer) => JSON.parse(answer).data)
    const refresh = await measure({
      path: '/auth/refresh',
      bodies: opened.map(({ refreshToken }) => ({ refreshToken })),
    })
    const me = await measure({
      method: 'GET',
      path: '/auth/me',
      headers: opened.map(({ accessToken }) => `Authorization: Bearer ${accessToken}\r\n`),
      bodies: addresses.map(() => null),
    })
    const few = addresses.slice(0, Math.max(20, Math.round(count / 20)))
    const passwordLogin = await measure({
      path: '/auth/login',
      bodies: few.map((email) => ({ email, password })),
      connections: passwordConnections,
    })
    const argon2PerSecond = await measureArgon2({ hashing, hash, count: few.length })
    return { codeSend, codeLogin, refresh, me, passwordLogin, argon2PerSecond }
  }
}

/** Makes the measurement of a code for each of `count` new people with an account, and of their logins by it. */
export function createCodeLogins({ server, database, load, passwordHash = null }) {
  server.liftLimits(projectId)
  const measure = measureIn({ server, load })
  return async (round, count) => {
    const addresses = await addPeople({ database, round, count, passwordHash })
    const codeSend = await measure({
      path: '/auth/login/otp/generate',
      bodies: addresses.map((email) => ({ email })),
    })
    const codes = await readCodes(database, addresses)
    const codeLogin = await measure({
      path: '/auth/login/otp',
      bodies: addresses.map((email) => ({ email, code: codes.get(email) })),
    })
    return { addresses, codeSend, codeLogin }
  }
}

/** Measures bursts of bodies that are not texts yet; null is a request without one. */
const measureIn =
  ({ server, load }) =>
  ({ bodies, ...job }) =>
    measureBurst({
      load,
      groups: { server: server.pid, postgres: server.postmaster },
      job: {
        port: server.port,
        headers: '',
        expectedStatus: 200,
        bodies: bodies.map((body) => (body === null ? '' : JSON.stringify(body))),
        ...job,
      },
    })

async function addPeople({ database, round, count, passwordHash }) {
  const accounts = Array.from({ length: count }, (_, index) => ({
    id: 10_000_000 + round * 1_000_000 + index,
    address: addressOf(round, index),
  }))
  await insertAccounts(database, { projectId, type: 'USER', isEmail: true, passwordHash, accounts })
  return accounts.map(({ address }) => address)
}

/** The codes that people were sent, derived from the challenges that the database has. */
async function readCodes(database, addresses) {
  const { rows } = await database.query(
    `select encode(id, 'hex') as id, address from challenges
     where project_id = $1 and purpose = 'account-login' and address = any ($2)`,
    [projectId, addresses],
  )
  const codes = rows.map(({ id, address }) => [
    address,
    codeOf({ id, projectId, purpose: 'account-login', address }),
  ])
  return new Map(codes)
}

/** Passwords that the hasher of a server compares in a second when it does nothing else. */
async function measureArgon2({ hashing, hash, count }) {
  let next = 0
  const against = { hash, importedKinds: [] }
  const work = async () => {
    while (next++ < count)
      await hashing.withPlace('bench', (hasher) => hasher.verify(new Secret(password), against))
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: passwordConnections }, work))
  return count / ((performance.now() - startedAt) / 1000)
}
