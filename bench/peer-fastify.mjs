import { createHash, randomInt } from 'node:crypto'
import { createRequire } from 'node:module'
import { answerParent } from './child-process.mjs'

/*
 * Codes by Fastify and `pg` as somebody would write them in an afternoon: one transaction of the database's own for each
 * statement, a cap for each address that is counted and then inserted, a code that is read, compared and then written. It has
 * no limits, quota, locks or events, and of two guesses at the same moment only one may be counted.
 */

const require = createRequire(new URL('../server/package.json', import.meta.url))
const pg = require('pg')
const fastify = require('fastify')

const poolMax = 20
const codes = new Map()
const key = 'the key of the benchmark'
const digest = (code) => createHash('sha256').update(code).digest()

answerParent(async ({ start, takeCodes }) => {
  if (start !== undefined) return listen(start)
  if (takeCodes === true) return takeAll()
})

async function listen({ connectionString }) {
  const pool = new pg.Pool({ connectionString, max: poolMax })
  await pool.query(`
    create table codes (id bigint generated always as identity primary key, email text not null, digest bytea not null,
      tries integer not null default 0, created_at timestamptz not null default now(), used_at timestamptz);
    create index codes_email on codes (email, id)`)

  const app = fastify()
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-api-key'] !== key) await reply.code(401).send({ message: 'Invalid API key' })
  })
  app.post('/send', { schema: { body: bodyOf('email') } }, async ({ body: { email } }, reply) => {
    const { rows } = await pool.query({
      name: 'recent',
      text: "select count(*)::int as recent from codes where email = $1 and created_at > now() - interval '10 minutes'",
      values: [email],
    })
    if (rows[0].recent >= 5) return reply.code(429).send({ message: 'Too many codes' })
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    await pool.query({
      name: 'insert',
      text: 'insert into codes (email, digest) values ($1, $2)',
      values: [email, digest(code)],
    })
    // Where the message would be sent.
    codes.set(email, code)
    return reply.code(201).send({ message: 'sent', expiresIn: 300 })
  })
  app.post('/check', { schema: { body: bodyOf('email', 'code') } }, async ({ body: { email, code } }) => {
    const { rows } = await pool.query({
      name: 'newest',
      text: `select id, digest, tries, used_at, created_at < now() - interval '5 minutes' as is_expired
        from codes where email = $1 order by id desc limit 1`,
      values: [email],
    })
    const [found] = rows
    if (found === undefined || found.used_at !== null || found.is_expired || found.tries >= 5)
      return { valid: false }
    const valid = found.digest.equals(digest(code))
    await pool.query({
      name: 'update',
      text: 'update codes set tries = tries + 1, used_at = case when $2 then now() end where id = $1',
      values: [found.id, valid],
    })
    return { valid }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { port: app.server.address().port, headers: `X-Api-Key: ${key}\r\n` }
}

function bodyOf(...names) {
  return {
    type: 'object',
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', maxLength: 254 }])),
  }
}

/** The codes that were sent since the last time, by address. */
function takeAll() {
  const taken = [...codes]
  codes.clear()
  return { codes: taken }
}
