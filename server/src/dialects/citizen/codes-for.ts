import type { FileKey, MountOption, OptionIssue } from '../../domain/mount-option.ts'
import type { CodesFor } from './code-viewers.ts'
import { parseNetwork } from './parse-network.ts'

type Mount = Parameters<MountOption['read']>[0]
type Report = (issue: OptionIssue) => void

const keys = {
  codes: {
    sentence:
      'Only `citizen`: who sees codes in answers, either keys with the scope `otp:read-code` or networks.',
    expected: 'apiKey: true, or networks with a list of CIDR blocks; only in a citizen mount',
    example: 'codes: {networks: [10.0.0.0/8]}',
    default: 'development: anyone; production needs an answer',
  },
  codeInResponse: {
    sentence: 'Only `citizen`: false answers asterisks instead of codes, and the code goes out by SMS alone.',
    expected: 'true or false',
    example: 'codeInResponse: false',
    default: 'true',
  },
} as const satisfies Record<string, FileKey>

/** The mount option for who sees the codes in answers. Development shows codes, as the document does. */
export const codesFor: MountOption<CodesFor> = {
  keys,
  elsewhere: 'never answers codes',
  inDevelopment: { who: 'anyone' },
  refusals: `- a \`citizen\` mount that says neither \`codes\` nor \`codeInResponse: false\`: it would answer codes to anyone; and
  one whose \`networks\` hold a block wider than /8, of IPv6 /7`,
  sample: (describe) => `${describe(keys.codes)}
    codes:
      apiKey: true
    # or:
    # codes:
    #   networks: [10.0.0.0/8, 2001:db8::/48]
${describe(keys.codeInResponse)}
    # codeInResponse: false`,

  read({ codes, codeInResponse }, report) {
    if (codeInResponse !== undefined && typeof codeInResponse !== 'boolean') {
      const remedy = 'Write true or false without quotes.'
      report({ place: 'codeInResponse', read: codeInResponse, key: keys.codeInResponse, remedy })
      return null
    }
    if (codeInResponse !== false) return readCodes(codes, report)
    if (codes === undefined) return { who: 'nobody' }
    const read = 'codes beside codeInResponse: false'
    report({ place: '', read, key: keys.codes, remedy: 'Keep one of the two.' })
    return null
  },

  validate(value) {
    const { example } = keys.codes
    if (value === null) {
      const expected = `${keys.codes.expected}; or codeInResponse: false`
      const read = 'a citizen mount that does not say who sees its codes'
      const remedy = 'Say who sees them: whoever reaches the route could read the code of any citizen.'
      return [{ place: 'codes', read, key: { expected, example }, remedy }]
    }
    const wide = value.who === 'networks' ? value.networks.find(isAnybody) : undefined
    if (wide === undefined) return []
    const expected = 'networks of your own: at least /8, of IPv6 at least /7'
    const remedy =
      'Name the networks of your systems: of so wide a block anybody may be, who could read the code of any citizen.'
    return [{ place: 'codes', read: wide, key: { expected, example }, remedy }]
  },
}

function readCodes(codes: unknown, report: Report): CodesFor | null {
  if (codes === undefined) return null
  const { apiKey, networks, ...others } = isMount(codes) ? codes : {}
  const isLone = Object.keys(others).length === 0
  if (isLone && apiKey === true && networks === undefined) return { who: 'api-key' }
  if (isLone && apiKey === undefined && Array.isArray(networks) && networks.length > 0)
    return readNetworks(networks, report)
  const remedy = 'Say either apiKey: true, or networks with at least one.'
  report({ place: 'codes', read: codes, key: keys.codes, remedy })
  return null
}

function readNetworks(networks: readonly unknown[], report: Report): CodesFor | null {
  const parsed = networks.map((network) => (typeof network === 'string' ? parseNetwork(network) : null))
  const wrong = parsed.indexOf(null)
  if (wrong === -1) return { who: 'networks', networks: parsed.filter((network) => network !== null) }
  const remedy = 'Write an address, a slash and the bits, at most 64 of IPv6.'
  report({ place: `codes.networks[${wrong}]`, read: networks[wrong], key: keys.codes, remedy })
  return null
}

const isMount = (value: unknown): value is Mount =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The widest private blocks are 10.0.0.0/8 and fc00::/7. */
const isAnybody = (network: string): boolean =>
  Number(network.split('/')[1] ?? 128) < (network.includes(':') ? 7 : 8)
