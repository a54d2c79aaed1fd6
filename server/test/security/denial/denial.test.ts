import { afterAll, expect, test } from 'vitest'
import type { Purpose } from '../../../src/domain/purpose.ts'
import { purposeNamed } from '../../harness/purposes.ts'
import { createSimulatedServer, type SimulatedServer } from './simulated-server.ts'

/*
 * The second goal of an attacker: that others are refused. A thousand people log in once in each hour, half of them from a
 * network from which they have logged in before. The attacker knows all addresses and when they come, and has 1, 10 or
 * 100 networks, each of which does all it may. `npm run test:denial` prints the table.
 */

const peoplePerHour = 1_000
const slices = 6

/** What the attacker does before the people of ten minutes come. `victims` are those among them who can be refused. */
type Attack = (campaign: { server: SimulatedServer; networks: string[]; victims: string[] }) => void

/** In percent: of people on a network that they have used before, and of all others. */
type Share = { known: number; others: number }

const login = purposeNamed('kikapu-login')
const mail = purposeNamed('account-login')

/**
 * Three sends of one network and one of another shut a victim's strangers out for ten minutes. A send that is refused would
 * count for its network, so the attacker makes none.
 */
const spendCaps: Attack = ({ server, networks, victims }) => {
  for (const [nth, victim] of victims.entries()) {
    const one = networks[nth % networks.length] ?? ''
    const other = networks[(nth + 1) % networks.length] ?? ''
    for (const network of [one, one, one, other]) server.send(network, victim)
  }
}

/** Six guesses of one network, at two codes, and two of another lock a victim's strangers out for a day. */
const lockAddresses: Attack = ({ server, networks, victims }) => {
  for (const [nth, victim] of victims.entries()) {
    const one = networks[nth % networks.length] ?? ''
    const other = networks[(nth + 1) % networks.length] ?? ''
    for (const guesses of [5, 1]) {
      server.send(one, victim)
      for (let guess = 0; guess < guesses; guess += 1) server.check(one, victim, false)
    }
    for (let guess = 0; guess < 2; guess += 1) server.check(other, victim, false)
  }
}

const guessAtNobody: Attack = ({ server, networks }) => {
  for (const network of networks)
    for (let guess = 0; guess < 210; guess += 1) server.check(network, `+25571290000${guess % 10}`, false)
}

let nobodies = 0
const sendToNobody: Attack = ({ server, networks }) => {
  for (const network of networks) {
    for (let sent = 0; sent < 40; sent += 1) {
      nobodies += 1
      server.send(network, `+255712${900_000 + nobodies}`, 'decoy')
    }
  }
}

/** Asks for short codes and guesses at each of them, at addresses of its own. */
const spray: Attack = ({ server, networks }) => {
  for (const network of networks) {
    for (let sent = 0; sent < 40; sent += 1) {
      nobodies += 1
      const address = `+255712${900_000 + nobodies}`
      if (!server.send(network, address)) break
      while (server.check(network, address, false) === 'wrong');
    }
  }
}

const attacks: { name: string; purpose: Purpose; attack: Attack; bounds: Record<number, Share> }[] = [
  {
    name: 'codes to people until their caps are spent',
    purpose: mail,
    attack: spendCaps,
    bounds: { 1: { known: 0, others: 0 }, 10: { known: 0, others: 20 }, 100: { known: 0, others: 100 } },
  },
  {
    name: 'wrong codes for people until they are locked',
    purpose: mail,
    attack: lockAddresses,
    bounds: { 1: { known: 0, others: 0 }, 10: { known: 0, others: 20 }, 100: { known: 0, others: 100 } },
  },
  {
    name: 'wrong codes for numbers that nobody has',
    purpose: login,
    attack: guessAtNobody,
    bounds: { 1: { known: 0, others: 0 }, 10: { known: 0, others: 0 }, 100: { known: 0, others: 0 } },
  },
  {
    name: 'sends to numbers that nobody has',
    purpose: login,
    attack: sendToNobody,
    bounds: { 1: { known: 0, others: 0 }, 10: { known: 0, others: 0 }, 100: { known: 0, others: 0 } },
  },
  {
    name: 'sends to numbers of its own, and wrong codes for them',
    purpose: login,
    attack: spray,
    bounds: { 1: { known: 0, others: 0 }, 10: { known: 0, others: 0 }, 100: { known: 0, others: 0 } },
  },
]

/** The share of the people of an hour who are refused while somebody attacks. */
function shareRefused(purpose: Purpose, attack: Attack, networkCount: number): Share {
  const server = createSimulatedServer(purpose)
  const addressOf = (nth: number): string =>
    purpose === mail ? `person${nth}@example.test` : `+255712${String(nth).padStart(6, '0')}`
  const networkOf = (nth: number): string => `203.0.${nth >> 8}.${nth & 255}`
  const isKnown = (nth: number): boolean => nth % 2 === 0
  const logIn = (nth: number): boolean =>
    server.send(networkOf(nth), addressOf(nth)) &&
    server.check(networkOf(nth), addressOf(nth), true) === 'right'
  const passHour = (first: number, ofSlice: (people: number[]) => void): void => {
    for (let slice = 0; slice < slices; slice += 1) {
      const all = Array.from({ length: peoplePerHour }, (_, nth) => first + nth)
      ofSlice(all.filter((_, index) => Math.floor((index * slices) / peoplePerHour) === slice))
      server.passMinutes(10)
    }
  }

  passHour(0, (people) => {
    for (const nth of people.filter(isKnown)) logIn(nth)
  })
  server.passMinutes(24 * 60)
  // An hour of other people, so that the server has the traffic of a usual day when the attack begins.
  passHour(peoplePerHour, (people) => people.forEach(logIn))

  const networks = Array.from({ length: networkCount }, (_, nth) => `10.0.0.${nth}`)
  const refused = { known: 0, others: 0 }
  passHour(0, (people) => {
    attack({ server, networks, victims: people.filter((nth) => !isKnown(nth)).map(addressOf) })
    for (const nth of people) if (!logIn(nth)) refused[isKnown(nth) ? 'known' : 'others'] += 1
  })
  const percent = (count: number): number => Math.round((count * 1_000) / (peoplePerHour / 2)) / 10
  return { known: percent(refused.known), others: percent(refused.others) }
}

const rows: string[][] = []
afterAll(() => {
  const heading = ['what the attacker does', 'networks', 'known network (bound)', 'others (bound)']
  const widths = heading.map((text, column) =>
    Math.max(...[text, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length)),
  )
  const lines = [heading, ...rows].map((row) =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '),
  )
  console.log(`Refused of ${peoplePerHour} people in an hour:\n${lines.join('\n')}`)
})

test.each(attacks)(
  'S1, S4, V4, V5: most are served while somebody tries $name',
  ({ name, purpose, attack, bounds }) => {
    for (const [networks, bound] of Object.entries(bounds)) {
      const { known, others } = shareRefused(purpose, attack, Number(networks))
      rows.push([name, networks, `${known} % (${bound.known} %)`, `${others} % (${bound.others} %)`])
      expect
        .soft([networks, known, others])
        .toEqual([
          networks,
          expect.toSatisfy((share: number) => share <= bound.known),
          expect.toSatisfy((share: number) => share <= bound.others),
        ])
    }
  },
)

test('S1: a person is refused whose strangers have spent all that is theirs, as the table counts it', () => {
  const server = createSimulatedServer(mail)
  while (server.send('10.0.0.1', 'one@example.test'));
  while (server.send('10.0.0.2', 'one@example.test'));
  expect(server.send('203.0.113.1', 'one@example.test')).toBe(false)
})
