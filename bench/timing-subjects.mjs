import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { purposes } from '../server/dist/composition/purposes.js'
import { challengeId } from '../server/dist/domain/challenge.js'
import { Secret } from '../server/dist/domain/secret.js'
import { createPasswordHashing } from '../server/dist/passwords/password-hashing.js'
import { insertAccounts } from './accounts.mjs'

/*
 * The people that the requests of `npm run test:timing` are about: a new one for each request of every side, so that no
 * cap or lock of one request affects the next. They are written a thousand at a time.
 */

const require = createRequire(new URL('../server/package.json', import.meta.url))
const pg = require('pg')

/** The state of an address's code when a guess arrives. */
const codeStates = {
  wrong: {},
  expired: { isExpired: true },
  used: { isUsed: true, tries: 1 },
  'out of tries': { isOutOfTries: true },
  'address locked': { isLocked: true },
  'never issued': null,
}

/** Creates the people, project by project; `projects` are the ids by dialect. */
export async function createSubjects(connectionString, projects) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  const passwordHash = (await createPasswordHashing().hash(new Secret('a quiet otter swims'))).reveal()
  let serial = 0
  const next = () => {
    serial += 1
    return String(serial).padStart(6, '0')
  }
  const newAddress = {
    citizen: () => `+22501${next()}10`,
    account: () => `person${next()}@example.com`,
    kikapu: () => `+255712${next()}`,
    mobile: () => `+919${next()}123`,
  }
  const types = { citizen: 'CITIZEN', account: 'USER', kikapu: 'BUSINESS', mobile: 'USER' }

  const addAccounts = async (
    dialect,
    addresses,
    { type = types[dialect], isActive = true, isLocked = false },
  ) => {
    const isEmail = dialect === 'account'
    const accounts = addresses.map((address, index) => ({
      id: 10_000_000 + serial * 10_000 + index,
      address,
    }))
    await insertAccounts(client, {
      projectId: projects[dialect],
      type,
      isEmail,
      isActive,
      isLocked,
      passwordHash,
      accounts,
    })
    return accounts
  }

  const addCodes = async (dialect, purpose, { accounts, state }) => {
    const { rows } = await client.query('select clock_now() as now')
    const now = rows[0].now.getTime()
    const createdAt = new Date(state.isExpired ? now - 1_200_000 : now - 1_000)
    const expiresAt = new Date(createdAt.getTime() + purposes.find(purpose).lifeSeconds * 1000)
    const codes = accounts.map(({ address, id }) => ({
      id: challengeId(createdAt, randomBytes(6)),
      address,
      // Only `account` and `mobile` issue codes for an account.
      account: purpose === 'account-login' || purpose === 'mobile-login' ? id : null,
    }))
    const { attemptsMax, digits } = purposes.find(purpose)
    await client.query(
      `insert into challenges (project_id, id, purpose, channel, address, target, account_id, content, locale, key_id,
         digits, tries, tries_max, created_at, expires_at, used_at, spends_token, delivery_state)
       select $1, decode(id, 'hex'), $2, $3, address, address, account, 'code', 'en', $4, $11, $5, $6, $7, $8, $9, false,
         'accepted'
       from json_to_recordset($10) as i(id text, address text, account bigint)`,
      [
        projects[dialect],
        purpose,
        dialect === 'account' ? 'email' : 'sms',
        'bench',
        state.isOutOfTries ? attemptsMax : (state.tries ?? 0),
        attemptsMax,
        createdAt,
        expiresAt,
        state.isUsed ? new Date(now) : null,
        JSON.stringify(codes),
        digits,
      ],
    )
    await client.query(
      `insert into recipients (address, project_id, failures, failures_in_row, locked_until, updated_at)
       select address, $1, '{}', 0, case when $2 then clock_now() + interval '1 day' end, clock_now()
       from json_to_recordset($3) as i(address text)`,
      [projects[dialect], state.isLocked === true, JSON.stringify(codes)],
    )
  }

  const many = (count, make) => Array.from({ length: count }, make)
  return {
    /** Unknown addresses. */
    strangers: async (dialect, count) => many(count, newAddress[dialect]),
    /** People with an account in some state. */
    async people(dialect, count, state = {}) {
      const addresses = many(count, newAddress[dialect])
      await addAccounts(dialect, addresses, state)
      return addresses
    },
    codeStates: Object.keys(codeStates),
    /** People with an account, and a code in some state. */
    async guessed(dialect, purpose, count, stateName) {
      const accounts = await addAccounts(dialect, many(count, newAddress[dialect]), {})
      const state = codeStates[stateName]
      if (state !== null) await addCodes(dialect, purpose, { accounts, state })
      return accounts.map(({ address }) => address)
    },
    /** Brings the database to the state of a running server: with statistics, and pages that are written back. */
    settle: async () => {
      await client.query('vacuum analyze')
      await client.query('checkpoint')
    },
    close: () => client.end(),
  }
}
