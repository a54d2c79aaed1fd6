import { createPasswordHashing } from '../server/dist/passwords/password-hashing.js'
import { Secret } from '../server/dist/domain/secret.js'
import { insertAccounts } from './accounts.mjs'
import { codeOf } from './bench-server.mjs'
import { measureBurst } from './burst.mjs'

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
  codeLogin: 'login by code',
  passwordLogin: 'login by password',
  refresh: 'refresh',
  me: 'me',
}

/**
 * Makes the measurement of a round: `count` requests of each kind, and a twentieth of that by password. Every round is about
 * people of its own, so no cap is reached.
 */
export async function createNeighbours({ server, database, load, count }) {
  server.liftLimits(projectId)
  const hashing = createPasswordHashing()
  const hash = await hashing.hash(new Secret(password))
  const groups = { server: server.pid, postgres: server.postmaster }
  const measure = (job) =>
    measureBurst({ load, groups, job: { port: server.port, expectedStatus: 200, ...job } })
  const post = (path, bodies, more) =>
    measure({ path, headers: '', bodies: bodies.map((body) => JSON.stringify(body)), ...more })

  return async (round) => {
    const addresses = await addPeople({ database, round, count, passwordHash: hash.reveal() })
    const codes = await sendCodes({ post, database, addresses })
    const codeLogin = await post(
      '/auth/login/otp',
      addresses.map((email) => ({ email, code: codes.get(email) })),
    )
    const opened = codeLogin.answers.map((answer) => JSON.parse(answer).data)
    const refresh = await post(
      '/auth/refresh',
      opened.map(({ refreshToken }) => ({ refreshToken })),
    )
    const me = await measure({
      method: 'GET',
      path: '/auth/me',
      headers: opened.map(({ accessToken }) => `Authorization: Bearer ${accessToken}\r\n`),
      bodies: addresses.map(() => ''),
    })
    const few = addresses.slice(0, Math.max(20, Math.round(count / 20)))
    const passwordLogin = await post(
      '/auth/login',
      few.map((email) => ({ email, password })),
      { connections: passwordConnections },
    )
    const argon2PerSecond = await measureArgon2({ hashing, hash, count: few.length })
    return { codeLogin, refresh, me, passwordLogin, argon2PerSecond }
  }
}

async function addPeople({ database, round, count, passwordHash }) {
  const accounts = Array.from({ length: count }, (_, index) => ({
    id: 10_000_000 + round * 1_000_000 + index,
    address: `person.${round}.${index}@example.test`,
  }))
  await insertAccounts(database, { projectId, type: 'USER', isEmail: true, passwordHash, accounts })
  return accounts.map(({ address }) => address)
}

/** Sends everybody a code, and derives it from the challenge that the database then has. */
async function sendCodes({ post, database, addresses }) {
  await post(
    '/auth/login/otp/generate',
    addresses.map((email) => ({ email })),
  )
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
