import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerParent } from './child-process.mjs'

/*
 * Better Auth with its plugin for codes by e-mail, installed in the folder that the command line names. Its best settings: no
 * limiter, no telemetry, no log, no deletion of expired rows beside each request, a pool of twenty, hashed codes as anybody
 * should have them, and an answer in one piece, which is faster than its own adapter for Node.
 */

const inPeers = createRequire(join(process.argv[2], 'package.json'))
const load = (name) => import(pathToFileURL(inPeers.resolve(name)).href)
const require = createRequire(new URL('../server/package.json', import.meta.url))
const pg = require('pg')

const poolMax = 20
const codes = new Map()
let pool

answerParent(async ({ start, people, takeCodes }) => {
  if (start !== undefined) return listen(start)
  if (people !== undefined) return addPeople(people)
  if (takeCodes === true) return takeAll()
})

async function listen({ connectionString }) {
  const { betterAuth } = await load('better-auth')
  const { emailOTP } = await load('better-auth/plugins')
  const { getMigrations } = await load('better-auth/db/migration')
  pool = new pg.Pool({ connectionString, max: poolMax })
  const options = {
    database: pool,
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of the benchmark, as long as it has to be',
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    verification: { disableCleanup: true },
    plugins: [
      emailOTP({
        storeOTP: 'hashed',
        // Where the message would be sent.
        sendVerificationOTP: async ({ email, otp }) => void codes.set(email, otp),
      }),
    ],
  }
  await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)
  const server = createServer((request, response) => void answer({ auth, request, response }))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: server.address().port, headers: '' }
}

async function answer({ auth, request, response }) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const answered = await auth.handler(
    new Request(`http://127.0.0.1${request.url}`, {
      method: request.method,
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(chunks),
    }),
  )
  const body = await answered.text()
  response.writeHead(answered.status, {
    ...Object.fromEntries(answered.headers),
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Users who exist already, so that logging in creates none. */
async function addPeople(emails) {
  await pool.query(
    `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     select md5(email), 'Ada', email, true, now(), now() from unnest($1::text[]) as people(email)`,
    [emails],
  )
  return {}
}

/** The codes that were sent since the last time, by address. */
function takeAll() {
  const taken = [...codes]
  codes.clear()
  return { codes: taken }
}
